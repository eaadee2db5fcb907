-- Version 2: missing_audio takes an enclosure that only moved for held while the file from its old address is whole.
DROP VIEW missing_audio;
CREATE VIEW missing_audio AS
SELECT e.id AS episode_id, s.slug AS show, e.number, e.title, e.published_at, r.url, f.path, coalesce(f.state, 'never captured') AS state,
       r.failed_attempts, r.next_attempt_at,
       CASE WHEN f.id IS NOT NULL THEN 'the captured file is ' || f.state || '; castkeep verify --repair fetches it again'
            ELSE (SELECT d.error FROM downloads d WHERE d.resource_id = r.id ORDER BY d.id DESC LIMIT 1) END AS last_error
FROM resources r JOIN episodes e ON e.id = r.episode_id JOIN shows s ON s.id = r.show_id
LEFT JOIN files f ON f.id = coalesce(r.file_id, (
    SELECT x.file_id FROM resources x
    WHERE r.is_wanted = 0 AND x.episode_id = r.episode_id AND x.role = r.role AND x.position IS r.position AND x.file_id IS NOT NULL
    ORDER BY x.id DESC LIMIT 1))
WHERE r.role = 'enclosure' AND r.is_current = 1 AND (f.id IS NULL OR f.state <> 'present');
