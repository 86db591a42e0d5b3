-- Times are milliseconds since 1970. JSON is text. Enumerations are stored by their names.

CREATE TABLE runs (
    id              TEXT PRIMARY KEY NOT NULL,
    flow            TEXT NOT NULL,
    params          TEXT NOT NULL,
    triggered_by    TEXT NOT NULL,
    actor           TEXT NOT NULL,
    phase           TEXT NOT NULL,
    started_ms      BIGINT NOT NULL,
    closed_ms       BIGINT,
    outcome         TEXT
);
CREATE INDEX runs_by_flow ON runs (flow, started_ms);
CREATE INDEX runs_by_start ON runs (started_ms);
CREATE INDEX runs_open ON runs (id) WHERE closed_ms IS NULL;

-- How many passages of a run stand where; kept in step with `passages` by every transaction.
CREATE TABLE run_tallies (
    run             TEXT NOT NULL REFERENCES runs (id),
    state           TEXT NOT NULL,
    verdict         TEXT NOT NULL,
    objects         BIGINT NOT NULL,
    bytes           BIGINT NOT NULL,
    PRIMARY KEY (run, state, verdict)
);

CREATE TABLE journal (
    run             TEXT NOT NULL REFERENCES runs (id),
    position        BIGINT NOT NULL,
    event           TEXT NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (run, position)
);

CREATE TABLE timers (
    run             TEXT NOT NULL REFERENCES runs (id),
    timer           BIGINT NOT NULL,
    due_ms          BIGINT NOT NULL,
    PRIMARY KEY (run, timer)
);

CREATE TABLE claim_pages (
    run             TEXT NOT NULL REFERENCES runs (id),
    page            BIGINT NOT NULL,
    reported        TEXT NOT NULL,
    next_after      TEXT,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (run, page)
);

CREATE TABLE passages (
    id                  TEXT PRIMARY KEY NOT NULL,
    run                 TEXT NOT NULL REFERENCES runs (id),
    flow                TEXT NOT NULL,
    shard               BIGINT NOT NULL,
    key                 TEXT NOT NULL,
    source_key          TEXT NOT NULL,
    source_version      TEXT,
    source_etag         TEXT NOT NULL,
    size_bytes          BIGINT NOT NULL,
    modified_ms         BIGINT NOT NULL,
    state               TEXT NOT NULL,
    place_zone          TEXT,
    place_key           TEXT,
    place_object        TEXT,
    pending_zone        TEXT,
    pending_object      TEXT,
    producer_tags       TEXT,
    producer_metadata   TEXT,
    verdict             TEXT,
    content_hash        TEXT,
    coverage            TEXT,
    severity            TEXT,
    ruleset             TEXT,
    ruling_action       TEXT,
    ruling_rule         TEXT,
    reason_code         TEXT,
    reason_message      TEXT,
    purge_after_ms      BIGINT,
    created_ms          BIGINT NOT NULL,
    updated_ms          BIGINT NOT NULL,
    UNIQUE (run, key)
);
CREATE INDEX passages_by_run ON passages (run, id);
CREATE INDEX passages_by_shard ON passages (run, shard, id);
CREATE INDEX passages_by_key ON passages (key);
CREATE INDEX passages_pending ON passages (run, id) WHERE pending_zone IS NOT NULL;
CREATE INDEX passages_purge ON passages (purge_after_ms) WHERE purge_after_ms IS NOT NULL;

CREATE TABLE detections (
    passage         TEXT NOT NULL REFERENCES passages (id),
    ordinal         BIGINT NOT NULL,
    identifier      TEXT NOT NULL,
    name            TEXT NOT NULL,
    category        TEXT NOT NULL,
    severity        TEXT NOT NULL,
    seen            BIGINT NOT NULL,
    occurrences     TEXT NOT NULL,
    PRIMARY KEY (passage, ordinal)
);

CREATE TABLE reviews (
    id              TEXT PRIMARY KEY NOT NULL,
    run             TEXT NOT NULL UNIQUE REFERENCES runs (id),
    flow            TEXT NOT NULL,
    opened_ms       BIGINT NOT NULL,
    expires_ms      BIGINT NOT NULL,
    closed_ms       BIGINT
);
CREATE INDEX reviews_by_opening ON reviews (opened_ms);

CREATE TABLE decisions (
    id              TEXT PRIMARY KEY NOT NULL,
    passage         TEXT NOT NULL REFERENCES passages (id),
    run             TEXT NOT NULL REFERENCES runs (id),
    kind            TEXT NOT NULL,
    content_hash    TEXT,
    actor           TEXT NOT NULL,
    reason          TEXT NOT NULL,
    at_ms           BIGINT NOT NULL,
    outcome         TEXT,
    outcome_code    TEXT,
    outcome_message TEXT,
    concluded_ms    BIGINT
);
CREATE INDEX decisions_by_passage ON decisions (passage);
CREATE INDEX decisions_pending ON decisions (run) WHERE outcome IS NULL;
-- One decision at a time stands for a passage; one that was refused or failed frees it.
CREATE UNIQUE INDEX decisions_standing ON decisions (passage)
    WHERE outcome IS NULL OR outcome = 'applied';

CREATE TABLE outbox (
    id              TEXT PRIMARY KEY NOT NULL,
    kind            TEXT NOT NULL,
    run             TEXT REFERENCES runs (id),
    review          TEXT REFERENCES reviews (id),
    payload         TEXT NOT NULL,
    created_ms      BIGINT NOT NULL,
    due_ms          BIGINT NOT NULL,
    attempts        BIGINT NOT NULL,
    status          TEXT NOT NULL,
    sent_ms         BIGINT,
    last_error      TEXT
);
CREATE INDEX outbox_due ON outbox (due_ms) WHERE status = 'waiting';
CREATE INDEX outbox_by_run ON outbox (run);
CREATE INDEX outbox_by_review ON outbox (review);

CREATE TABLE audit (
    seq             BIGINT PRIMARY KEY NOT NULL,
    at_ms           BIGINT NOT NULL,
    actor           TEXT NOT NULL,
    action          TEXT NOT NULL,
    run             TEXT,
    passage         TEXT,
    state           TEXT,
    detail          TEXT NOT NULL,
    prev_hash       BLOB NOT NULL,
    hash            BLOB NOT NULL
);
CREATE INDEX audit_by_passage ON audit (passage, seq) WHERE passage IS NOT NULL;

-- The last audit row, so that a chain cut short is seen.
CREATE TABLE audit_head (
    one             BIGINT PRIMARY KEY NOT NULL CHECK (one = 1),
    seq             BIGINT NOT NULL,
    hash            BLOB NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never edited'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
