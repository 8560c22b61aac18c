-- What version 4 of the tables adds: who asks for changes of protection.

CREATE TABLE call_site (trace BIGINT NOT NULL, stack VARCHAR NOT NULL, calls BIGINT NOT NULL, pages BIGINT NOT NULL, PRIMARY KEY (trace, stack));
COMMENT ON TABLE call_site IS 'Where the mprotect calls of a trace come from; there are rows only if its tool wrote call stacks (strace -k, perf record -g)';
COMMENT ON COLUMN call_site.trace IS 'The trace';
COMMENT ON COLUMN call_site.stack IS 'The innermost frames, joined by <, without the C library''s function for the call; (other call sites) stands for those beyond the first thousand';
COMMENT ON COLUMN call_site.calls IS 'Calls of mprotect and pkey_mprotect from there, failed ones too';
COMMENT ON COLUMN call_site.pages IS 'Pages in their ranges';
