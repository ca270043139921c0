-- Whether the other parties may see a revision: it was submitted to them, or follows one that was. What else was tried in between is
-- nobody's but theirs who draw the contract up.
ALTER TABLE contract_revision ADD COLUMN shown INTEGER NOT NULL DEFAULT 0 CHECK (shown IN (0, 1));
UPDATE contract_revision SET shown = 1 WHERE follows IS NOT NULL
    OR EXISTS (SELECT 1 FROM contract_revision n WHERE n.contract_id = contract_revision.contract_id AND n.follows = contract_revision.number)
    OR EXISTS (SELECT 1 FROM contract c WHERE c.id = contract_revision.contract_id AND c.revision = contract_revision.number
        AND (c.state IN ('signing', 'done') OR contract_revision.at <= c.returned_at));
