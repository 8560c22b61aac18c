-- What version 3 of the tables adds: how far the capture carries what is said of calls and pages.

ALTER TABLE call ADD COLUMN threaded BOOLEAN;
ALTER TABLE call ADD COLUMN certainty VARCHAR;
UPDATE call SET certainty = 'assumed' WHERE assumed;
ALTER TABLE call DROP COLUMN assumed;
COMMENT ON COLUMN call.threaded IS 'Whether the process had another thread, whose accesses may have raced with the call; NULL if replayed by a version that did not say';
COMMENT ON COLUMN call.certainty IS 'known: the counts follow from what the capture shows (present_ptes aside, which may leave out pages that the call did not change); assumed: a named assumption stands in for what it does not show; unknown: events are missing, or the memory is older than the trace; NULL if replayed by a version that did not say';

ALTER TABLE replay ADD COLUMN pages_ended BIGINT;
ALTER TABLE replay ADD COLUMN pages_undecided BIGINT;
COMMENT ON COLUMN replay.pages_ended IS 'Resident pages that ended: unmapped, or there when their address space or the trace ended';
COMMENT ON COLUMN replay.pages_undecided IS 'Those of them of which accessed, dirty or being there at all is not known';

ALTER TABLE page_state ADD COLUMN residency_known BOOLEAN DEFAULT FALSE;
ALTER TABLE page_state ADD COLUMN accessed_state VARCHAR DEFAULT 'unknown';
ALTER TABLE page_state ADD COLUMN dirty_state VARCHAR DEFAULT 'unknown';
COMMENT ON TABLE page_state IS 'The final state of every page that the model has resident, the same under every correct backend, and how far it is known; key: replay, address_space, address';
COMMENT ON COLUMN page_state.accessed IS 'A bit of the model';
COMMENT ON COLUMN page_state.dirty IS 'D bit of the model, or the bit that stands for it';
COMMENT ON COLUMN page_state.residency_known IS 'Whether the page is known to be resident';
COMMENT ON COLUMN page_state.accessed_state IS 'What the capture carries of the A bit: set, clear or unknown';
COMMENT ON COLUMN page_state.dirty_state IS 'What the capture carries of the D bit: set, clear or unknown';
