-- Files of contracts that no longer count, and contracts that were taken back rather than returned.

-- Why a revision no longer counts: its seals are void since the contract was sent or taken back, or another file is in its place.
ALTER TABLE contract_revision ADD COLUMN void TEXT CHECK (void IN ('returned', 'withdrawn', 'replaced'));

-- What was sent back by who drew it up was taken back.
UPDATE contract_step SET step = 'withdraw'
    WHERE step = 'return' AND (SELECT a.enterprise_id FROM account a WHERE a.id = contract_step.account_id)
                            = (SELECT c.enterprise_id FROM contract c WHERE c.id = contract_step.contract_id);

UPDATE contract_revision SET void = (
        SELECT CASE s.step WHEN 'withdraw' THEN 'withdrawn' ELSE 'returned' END FROM contract_step s
        WHERE s.contract_id = contract_revision.contract_id AND s.step IN ('return', 'withdraw') AND s.done >= contract_revision.at
        ORDER BY s.id LIMIT 1)
    WHERE level <> 'unsigned' AND number IS NOT (SELECT c.revision FROM contract c WHERE c.id = contract_revision.contract_id);

UPDATE contract_revision SET void = 'replaced'
    WHERE void IS NULL
    AND ((SELECT c.revision FROM contract c WHERE c.id = contract_revision.contract_id) IS NULL
         OR number < (SELECT max(n.number) FROM contract_revision n
                      WHERE n.contract_id = contract_revision.contract_id AND n.follows IS NULL));
