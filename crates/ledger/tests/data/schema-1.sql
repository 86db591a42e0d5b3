-- A ledger file of schema 1, written out. It is never edited.
BEGIN TRANSACTION;
CREATE TABLE _sqlx_migrations (
    version BIGINT PRIMARY KEY,
    description TEXT NOT NULL,
    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    success BOOLEAN NOT NULL,
    checksum BLOB NOT NULL,
    execution_time BIGINT NOT NULL
);
INSERT INTO "_sqlx_migrations" VALUES(1,'ledger','2026-11-23 18:52:32',1,X'0E7C86DDCC1B688C82BDF583D6CF7A4B23311000D2C348645C44618B5D0CEAD71D795F9C5F4907830087049D2BCA1217',16176985);
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
INSERT INTO "audit" VALUES(1,1790000000000,'ada','run.begun','run-1',NULL,NULL,'{"flow":"inbox","trigger":"request"}',X'0000000000000000000000000000000000000000000000000000000000000000',X'E7DCC007782EDF1990218B672AE424D862433EC81B1BF730E0A59629AF018ADA');
INSERT INTO "audit" VALUES(2,1790000000000,'engine','passage.claimed','run-1','p-000000','claimed','{"from":"landed","key":"in/000000.csv","source":{"etag":"etag of in/000000.csv","key":"in/000000.csv","modified_ms":1789999999999,"size_bytes":100,"version":null}}',X'E7DCC007782EDF1990218B672AE424D862433EC81B1BF730E0A59629AF018ADA',X'3DE116096B8F3B88861E8C771074BD8FF8B67D12536B5ED4DFAEAC43A93F7109');
INSERT INTO "audit" VALUES(3,1790000000000,'engine','passage.claimed','run-1','p-000001','claimed','{"from":"landed","key":"in/000001.csv","source":{"etag":"etag of in/000001.csv","key":"in/000001.csv","modified_ms":1789999999999,"size_bytes":100,"version":null}}',X'3DE116096B8F3B88861E8C771074BD8FF8B67D12536B5ED4DFAEAC43A93F7109',X'80660B86F326C38C00DDDACC6D555B0A92828D54B6636E9CDFBBE2DD48BB6667');
INSERT INTO "audit" VALUES(4,1790000000000,'engine','passage.claimed','run-1','p-000002','claimed','{"from":"landed","key":"in/000002.csv","source":{"etag":"etag of in/000002.csv","key":"in/000002.csv","modified_ms":1789999999999,"size_bytes":100,"version":null}}',X'80660B86F326C38C00DDDACC6D555B0A92828D54B6636E9CDFBBE2DD48BB6667',X'9D04E0E97D80BAFC6AABD8B09E7BB4FC6C5973F3BFEA37CB182F72CC597AF14D');
INSERT INTO "audit" VALUES(5,1790000000000,'engine','passage.staged','run-1','p-000000','staged','{"from":"claimed","cause":"test"}',X'9D04E0E97D80BAFC6AABD8B09E7BB4FC6C5973F3BFEA37CB182F72CC597AF14D',X'8F63297431E9669FDE0863CEDE033FF578C07CED337E9C64447890610DDCFC04');
INSERT INTO "audit" VALUES(6,1790000000000,'engine','passage.scanned','run-1','p-000000','scanned','{"from":"staged","cause":"test","inspection":{"verdict":"FINDINGS","content_hash":"0707070707070707070707070707070707070707070707070707070707070707","severity":"High","ruleset":"rules-1","detections":1}}',X'8F63297431E9669FDE0863CEDE033FF578C07CED337E9C64447890610DDCFC04',X'0044EFA6D24D59D95FD7F116120F2F225F209BC00B564CED8F285B294AD1BC6A');
INSERT INTO "audit" VALUES(7,1790000000000,'engine','passage.held','run-1','p-000000','held','{"from":"scanned","cause":"test","place":{"zone":"manual-review","key":"run-1/in/000000.csv","object":{"key":"run-1/in/000000.csv","version":null,"etag":"etag of run-1/in/000000.csv","size_bytes":100,"modified_ms":1789999999999}}}',X'0044EFA6D24D59D95FD7F116120F2F225F209BC00B564CED8F285B294AD1BC6A',X'EA2779E4FD24D2E644E892152E9E0D8121E04622F94B34EBF50D498006A0D9CE');
INSERT INTO "audit" VALUES(8,1790000000000,'engine','review.opened','run-1',NULL,NULL,'{"expires_ms":1790432000000,"review":"review-1"}',X'EA2779E4FD24D2E644E892152E9E0D8121E04622F94B34EBF50D498006A0D9CE',X'D643DE12A574997FF5508F0543BD2A9280A1A567AF5AFEEE01C06DE8C01E0D5D');
INSERT INTO "audit" VALUES(9,1790000000001,'ada','decision.recorded','run-1','p-000000',NULL,'{"content_hash":"0707070707070707070707070707070707070707070707070707070707070707","decision":"d1","kind":"approve","reason":"looked at it"}',X'D643DE12A574997FF5508F0543BD2A9280A1A567AF5AFEEE01C06DE8C01E0D5D',X'AD3FE062DB7961878A6655C095DC3D610E2B7BBF17AF934BEA3FE660051D343D');
CREATE TABLE audit_head (
    one             BIGINT PRIMARY KEY NOT NULL CHECK (one = 1),
    seq             BIGINT NOT NULL,
    hash            BLOB NOT NULL
);
INSERT INTO "audit_head" VALUES(1,9,X'AD3FE062DB7961878A6655C095DC3D610E2B7BBF17AF934BEA3FE660051D343D');
CREATE TABLE claim_pages (
    run             TEXT NOT NULL REFERENCES runs (id),
    page            BIGINT NOT NULL,
    reported        TEXT NOT NULL,
    next_after      TEXT,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (run, page)
);
INSERT INTO "claim_pages" VALUES('run-1',0,'{"claimed":{"shards":1,"objects":3,"bytes":300,"last":true}}',NULL,1790000000000);
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
INSERT INTO "decisions" VALUES('d1','p-000000','run-1','approve','0707070707070707070707070707070707070707070707070707070707070707','ada','looked at it',1790000000001,NULL,NULL,NULL,NULL);
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
INSERT INTO "detections" VALUES('p-000000',0,'USA_SOCIAL_SECURITY_NUMBER','Something','PERSONAL_INFORMATION','High',3,'[{"location":{"kind":"cell","row":2,"column":1,"columnName":"id"},"masked":"•••","fingerprint":"00112233"}]');
CREATE TABLE journal (
    run             TEXT NOT NULL REFERENCES runs (id),
    position        BIGINT NOT NULL,
    event           TEXT NOT NULL,
    at_ms           BIGINT NOT NULL,
    PRIMARY KEY (run, position)
);
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
INSERT INTO "passages" VALUES('p-000000','run-1','inbox',0,'in/000000.csv','in/000000.csv',NULL,'etag of in/000000.csv',100,1789999999999,'held','manual-review','run-1/in/000000.csv','{"key":"run-1/in/000000.csv","version":null,"etag":"etag of run-1/in/000000.csv","size_bytes":100,"modified_ms":1789999999999}',NULL,NULL,NULL,NULL,'FINDINGS','0707070707070707070707070707070707070707070707070707070707070707','{"status":"COMPLETE","mime_type":"text/csv","encoding":"UTF-8","bytes_inspected":100,"bytes_total":100,"units_inspected":3}','High','rules-1',NULL,NULL,NULL,NULL,NULL,1790000000000,1790000000000);
INSERT INTO "passages" VALUES('p-000001','run-1','inbox',0,'in/000001.csv','in/000001.csv',NULL,'etag of in/000001.csv',100,1789999999999,'claimed','raw','in/000001.csv','{"key":"in/000001.csv","version":null,"etag":"etag of in/000001.csv","size_bytes":100,"modified_ms":1789999999999}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1790000000000,1790000000000);
INSERT INTO "passages" VALUES('p-000002','run-1','inbox',0,'in/000002.csv','in/000002.csv',NULL,'etag of in/000002.csv',100,1789999999999,'claimed','raw','in/000002.csv','{"key":"in/000002.csv","version":null,"etag":"etag of in/000002.csv","size_bytes":100,"modified_ms":1789999999999}',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1790000000000,1790000000000);
CREATE TABLE reviews (
    id              TEXT PRIMARY KEY NOT NULL,
    run             TEXT NOT NULL UNIQUE REFERENCES runs (id),
    flow            TEXT NOT NULL,
    opened_ms       BIGINT NOT NULL,
    expires_ms      BIGINT NOT NULL,
    closed_ms       BIGINT
);
INSERT INTO "reviews" VALUES('review-1','run-1','inbox',1790000000000,1790432000000,NULL);
CREATE TABLE run_tallies (
    run             TEXT NOT NULL REFERENCES runs (id),
    state           TEXT NOT NULL,
    verdict         TEXT NOT NULL,
    objects         BIGINT NOT NULL,
    bytes           BIGINT NOT NULL,
    PRIMARY KEY (run, state, verdict)
);
INSERT INTO "run_tallies" VALUES('run-1','claimed','',2,200);
INSERT INTO "run_tallies" VALUES('run-1','staged','',0,0);
INSERT INTO "run_tallies" VALUES('run-1','scanned','FINDINGS',0,0);
INSERT INTO "run_tallies" VALUES('run-1','held','FINDINGS',1,100);
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
INSERT INTO "runs" VALUES('run-1','inbox','{"run":"run-1","flow":"inbox","machine_version":1,"lanes":2,"review_expires_after_s":432000,"remind_after_s":[86400],"reminders_after_expiry":3,"on_expiry":"hold"}','request','ada','new',1790000000000,NULL,NULL);
CREATE TABLE timers (
    run             TEXT NOT NULL REFERENCES runs (id),
    timer           BIGINT NOT NULL,
    due_ms          BIGINT NOT NULL,
    PRIMARY KEY (run, timer)
);
CREATE INDEX runs_by_flow ON runs (flow, started_ms);
CREATE INDEX runs_by_start ON runs (started_ms);
CREATE INDEX runs_open ON runs (id) WHERE closed_ms IS NULL;
CREATE INDEX passages_by_run ON passages (run, id);
CREATE INDEX passages_by_shard ON passages (run, shard, id);
CREATE INDEX passages_by_key ON passages (key);
CREATE INDEX passages_pending ON passages (run, id) WHERE pending_zone IS NOT NULL;
CREATE INDEX passages_purge ON passages (purge_after_ms) WHERE purge_after_ms IS NOT NULL;
CREATE INDEX reviews_by_opening ON reviews (opened_ms);
CREATE INDEX decisions_by_passage ON decisions (passage);
CREATE INDEX decisions_pending ON decisions (run) WHERE outcome IS NULL;
CREATE UNIQUE INDEX decisions_standing ON decisions (passage)
    WHERE outcome IS NULL OR outcome = 'applied';
CREATE INDEX outbox_due ON outbox (due_ms) WHERE status = 'waiting';
CREATE INDEX outbox_by_run ON outbox (run);
CREATE INDEX outbox_by_review ON outbox (review);
CREATE INDEX audit_by_passage ON audit (passage, seq) WHERE passage IS NOT NULL;
CREATE TRIGGER audit_is_not_edited BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never edited'); END;
CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
COMMIT;
