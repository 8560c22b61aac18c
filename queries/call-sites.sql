-- title: Call sites
-- question: From where do the programs call mprotect, and for how many pages?
SELECT t.id AS trace, t.source, s.calls, s.pages, s.stack
FROM call_site s
JOIN trace t ON t.id = s.trace
ORDER BY t.id, s.calls DESC, s.stack
