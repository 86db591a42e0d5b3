-- The suppression rule that archives a passage's finding. Passages that were inspected before have none;
-- for them the audit alone tells it, in the detail of `passage.scanned`.
ALTER TABLE passages ADD COLUMN archived_by TEXT;
