-- What version 2 of the tables adds: races.

ALTER TABLE finding ADD COLUMN call BIGINT;
ALTER TABLE finding ADD COLUMN call_line BIGINT;
ALTER TABLE finding ADD COLUMN access_seq BIGINT;
ALTER TABLE finding ADD COLUMN access_line BIGINT;
ALTER TABLE finding ADD COLUMN access_tid INTEGER;
ALTER TABLE finding ADD COLUMN access_kind VARCHAR;
ALTER TABLE finding ADD COLUMN window_operations INTEGER;
ALTER TABLE finding ADD COLUMN evidence VARCHAR;
COMMENT ON COLUMN finding.seq IS 'Position of the event in the event file, of a race the call; NULL if none';
COMMENT ON COLUMN finding.call IS 'Number of the call whose update destroyed or invented the bit; NULL if no race is known';
COMMENT ON COLUMN finding.call_line IS 'Line of the raw trace on which that call begins';
COMMENT ON COLUMN finding.access_seq IS 'Position in the event file of the access that set the bit';
COMMENT ON COLUMN finding.access_line IS 'Line of the raw trace of that access';
COMMENT ON COLUMN finding.access_tid IS 'Thread of that access; NULL if the trace shows the bit and not the access';
COMMENT ON COLUMN finding.access_kind IS 'read, write or fetch';
COMMENT ON COLUMN finding.window_operations IS 'Memory operations on PTEs from the start of the page''s update to its effective commit';
COMMENT ON COLUMN finding.evidence IS 'recorded: access and its moment within the call are recorded; unplaced: the access is recorded within the call, its moment is one of those tried; assumed: that it raced is an assumption';

CREATE TABLE race (
  run BIGINT PRIMARY KEY, mode VARCHAR NOT NULL, seed BIGINT, assumed_racing VARCHAR, late_dirty BOOLEAN NOT NULL,
  windows BIGINT NOT NULL, longest_window BIGINT NOT NULL, candidates BIGINT NOT NULL, assumed_candidates BIGINT NOT NULL,
  schedules BIGINT NOT NULL, losing_schedules BIGINT NOT NULL, races BIGINT NOT NULL, accessed_lost BIGINT NOT NULL,
  dirty_lost BIGINT NOT NULL, invented BIGINT NOT NULL, transient_faults BIGINT NOT NULL, stale_uses BIGINT NOT NULL,
  cmpxchg_retries BIGINT NOT NULL, xchg_retries BIGINT NOT NULL);
COMMENT ON TABLE race IS 'What accesses that raced with mprotect calls came to in one run; there is no row if none was tried. A candidate is an access and an update of its PTE that it may have raced with; it counts once for what any schedule tried for it shows';
COMMENT ON COLUMN race.run IS 'The run';
COMMENT ON COLUMN race.mode IS 'Which moments of each access were tried: recorded, random:N or exhaustive';
COMMENT ON COLUMN race.seed IS 'What random moments depend on; NULL for other modes';
COMMENT ON COLUMN race.assumed_racing IS 'How far outside a call accesses were assumed to race with it; NULL if only inside';
COMMENT ON COLUMN race.late_dirty IS 'Whether a write through a cached writable, clean translation was let set D although the PTE had become read-only';
COMMENT ON COLUMN race.windows IS 'PTE updates, each of them open from its start to its effective commit';
COMMENT ON COLUMN race.longest_window IS 'Most memory operations on PTEs from a start to its effective commit';
COMMENT ON COLUMN race.candidates IS 'Candidates';
COMMENT ON COLUMN race.assumed_candidates IS 'Candidates that the trace shows outside of the call';
COMMENT ON COLUMN race.schedules IS 'Schedules tried';
COMMENT ON COLUMN race.losing_schedules IS 'Schedules that lost a bit';
COMMENT ON COLUMN race.races IS 'Candidates for which hardware set a bit between start and effective commit';
COMMENT ON COLUMN race.accessed_lost IS 'Candidates whose A bit was lost';
COMMENT ON COLUMN race.dirty_lost IS 'Candidates whose D bit was lost';
COMMENT ON COLUMN race.invented IS 'A and D bits that neither hardware set nor the PTE had';
COMMENT ON COLUMN race.transient_faults IS 'Candidates that faulted although old and new PTE allow them, because it was absent for a while';
COMMENT ON COLUMN race.stale_uses IS 'Candidates that a TLB let through while the PTE in memory did not, before the flush: legal';
COMMENT ON COLUMN race.cmpxchg_retries IS 'Repetitions of the cmpxchg loop of PRESERVE_AD, at worst for each candidate';
COMMENT ON COLUMN race.xchg_retries IS 'Repetitions of the emulated xchg, one trap each, at worst for each candidate';
