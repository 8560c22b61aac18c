-- The tables of a result file. Ids count from 1. A NULL means that the trace cannot know the value.
-- The large tables carry no primary key: an index would cost more than the rows; their keys are in the comments.

CREATE TABLE meta (schema_version INTEGER NOT NULL, engine_version VARCHAR NOT NULL, definitions VARCHAR NOT NULL);
COMMENT ON TABLE meta IS 'One row: what this file is';
COMMENT ON COLUMN meta.schema_version IS 'Version of the tables; a program refuses files of a newer one';
COMMENT ON COLUMN meta.engine_version IS 'Version of the program that last wrote views and shipped costs';
COMMENT ON COLUMN meta.definitions IS 'SHA-256 of views, shipped costs and operations as last written';

CREATE TABLE operation (name VARCHAR PRIMARY KEY, position INTEGER NOT NULL, description VARCHAR NOT NULL);
COMMENT ON TABLE operation IS 'The primitive operations that are counted';
COMMENT ON COLUMN operation.name IS 'Name, as in every column called operation';
COMMENT ON COLUMN operation.position IS 'Place in the order in which they are listed, from 0';
COMMENT ON COLUMN operation.description IS 'What is counted, in one sentence';

CREATE TABLE trace (
  id BIGINT PRIMARY KEY, source VARCHAR NOT NULL, sha256 VARCHAR NOT NULL, importer VARCHAR NOT NULL,
  importer_version VARCHAR NOT NULL, command VARCHAR, folding VARCHAR NOT NULL, events BIGINT NOT NULL,
  lines BIGINT NOT NULL, parsed BIGINT NOT NULL, ignored BIGINT NOT NULL, rejected BIGINT NOT NULL,
  accesses VARCHAR NOT NULL, threads BOOLEAN NOT NULL, concurrent BOOLEAN NOT NULL, clock BOOLEAN NOT NULL,
  cpus BOOLEAN NOT NULL, from_start BOOLEAN NOT NULL, kernel_accesses BOOLEAN NOT NULL, lost BIGINT);
COMMENT ON TABLE trace IS 'One imported trace, stored once however often it is replayed';
COMMENT ON COLUMN trace.id IS 'Id';
COMMENT ON COLUMN trace.source IS 'File name of the raw trace when it was first stored';
COMMENT ON COLUMN trace.sha256 IS 'Checksum of the raw trace as stored, lower-case hex';
COMMENT ON COLUMN trace.importer IS 'Name of the importer';
COMMENT ON COLUMN trace.importer_version IS 'Version of the program that imported';
COMMENT ON COLUMN trace.command IS 'The traced command line, where the trace shows it';
COMMENT ON COLUMN trace.folding IS 'accesses: repeated accesses were folded into one event; none: they were not';
COMMENT ON COLUMN trace.events IS 'Number of events';
COMMENT ON COLUMN trace.lines IS 'Lines of the raw trace; equals parsed + ignored + rejected';
COMMENT ON COLUMN trace.parsed IS 'Lines that contributed to an event';
COMMENT ON COLUMN trace.ignored IS 'Lines that a rule says carry nothing';
COMMENT ON COLUMN trace.rejected IS 'Lines that should have been understood and were not';
COMMENT ON COLUMN trace.accesses IS 'Page accesses that the capture shows: every, first-touch or none';
COMMENT ON COLUMN trace.threads IS 'Whether every access and call names its thread';
COMMENT ON COLUMN trace.concurrent IS 'Whether threads ran concurrently while being traced';
COMMENT ON COLUMN trace.clock IS 'Whether events have times that compare across threads';
COMMENT ON COLUMN trace.cpus IS 'Whether events name their CPU';
COMMENT ON COLUMN trace.from_start IS 'Whether the trace begins with the program';
COMMENT ON COLUMN trace.kernel_accesses IS 'Whether accesses by the kernel for the program are shown';
COMMENT ON COLUMN trace.lost IS 'Events that the tracer says it lost; NULL if it lost events and does not say how many';

CREATE TABLE trace_kind (trace BIGINT NOT NULL, kind VARCHAR NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (trace, kind));
COMMENT ON TABLE trace_kind IS 'Events of a trace by kind';
COMMENT ON COLUMN trace_kind.trace IS 'The trace';
COMMENT ON COLUMN trace_kind.kind IS 'Kind of event, such as mprotect or read';
COMMENT ON COLUMN trace_kind.n IS 'Number of events';

CREATE TABLE ledger (trace BIGINT NOT NULL, class VARCHAR NOT NULL, reason VARCHAR, lines BIGINT NOT NULL);
COMMENT ON TABLE ledger IS 'The account of every line of a raw trace';
COMMENT ON COLUMN ledger.trace IS 'The trace';
COMMENT ON COLUMN ledger.class IS 'parsed, ignored or rejected';
COMMENT ON COLUMN ledger.reason IS 'The rule that ignored or the reason that rejected; NULL for parsed';
COMMENT ON COLUMN ledger.lines IS 'Number of lines';

CREATE TABLE rejected_line (trace BIGINT NOT NULL, line BIGINT NOT NULL, reason VARCHAR NOT NULL, text VARCHAR NOT NULL);
COMMENT ON TABLE rejected_line IS 'The first rejected lines of a raw trace';
COMMENT ON COLUMN rejected_line.trace IS 'The trace';
COMMENT ON COLUMN rejected_line.line IS 'Line number, from 1';
COMMENT ON COLUMN rejected_line.reason IS 'Why it was rejected';
COMMENT ON COLUMN rejected_line.text IS 'The beginning of the line';

CREATE TABLE replay (
  id BIGINT PRIMARY KEY, trace BIGINT NOT NULL, guest_kernel VARCHAR NOT NULL, preserve_ad BOOLEAN NOT NULL,
  residency VARCHAR NOT NULL, residency_assumed BOOLEAN NOT NULL, fault_around INTEGER NOT NULL,
  engine_version VARCHAR NOT NULL, events BIGINT NOT NULL, accesses BIGINT NOT NULL, calls BIGINT NOT NULL,
  address_spaces BIGINT NOT NULL, pages BIGINT NOT NULL, started TIMESTAMP NOT NULL);
COMMENT ON TABLE replay IS 'One pass over one trace, with every backend at once';
COMMENT ON COLUMN replay.id IS 'Id';
COMMENT ON COLUMN replay.trace IS 'The trace';
COMMENT ON COLUMN replay.guest_kernel IS 'The guest kernel, such as linux-6.1';
COMMENT ON COLUMN replay.preserve_ad IS 'Whether the hypervisor offers XENFEAT_mmu_pt_update_preserve_ad';
COMMENT ON COLUMN replay.residency IS 'Where the knowledge of resident pages comes from: recorded, none or all';
COMMENT ON COLUMN replay.residency_assumed IS 'Whether that is an assumption';
COMMENT ON COLUMN replay.fault_around IS 'Pages that one read fault of a file mapping populates at most';
COMMENT ON COLUMN replay.engine_version IS 'Version of the program that replayed';
COMMENT ON COLUMN replay.events IS 'Events read';
COMMENT ON COLUMN replay.accesses IS 'Page accesses, folded ones counted once';
COMMENT ON COLUMN replay.calls IS 'mprotect and pkey_mprotect calls';
COMMENT ON COLUMN replay.address_spaces IS 'Address spaces that existed';
COMMENT ON COLUMN replay.pages IS 'Pages whose final state was reported';
COMMENT ON COLUMN replay.started IS 'When the replay began, UTC; no part of the result';

CREATE TABLE assumption (replay BIGINT NOT NULL, name VARCHAR NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (replay, name));
COMMENT ON TABLE assumption IS 'What a replay had to assume';
COMMENT ON COLUMN assumption.replay IS 'The replay';
COMMENT ON COLUMN assumption.name IS 'The assumption';
COMMENT ON COLUMN assumption.n IS 'How often it was used';

CREATE TABLE run (
  id BIGINT PRIMARY KEY, replay BIGINT NOT NULL, trace BIGINT NOT NULL, backend VARCHAR NOT NULL,
  correct BOOLEAN NOT NULL, under_xen BOOLEAN NOT NULL, guest_kernel VARCHAR NOT NULL, failure VARCHAR,
  digest VARCHAR NOT NULL, findings BIGINT NOT NULL, UNIQUE (replay, backend));
COMMENT ON TABLE run IS 'One backend within one replay: trace x backend x guest kernel x options';
COMMENT ON COLUMN run.id IS 'Id';
COMMENT ON COLUMN run.replay IS 'The replay';
COMMENT ON COLUMN run.trace IS 'The trace of the replay';
COMMENT ON COLUMN run.backend IS 'The backend, such as multicall';
COMMENT ON COLUMN run.correct IS 'Whether the backend claims to keep every accessed and dirty bit';
COMMENT ON COLUMN run.under_xen IS 'Whether the guest runs under Xen';
COMMENT ON COLUMN run.guest_kernel IS 'The guest kernel of the replay';
COMMENT ON COLUMN run.failure IS 'Why the backend was dropped; its counts are then partial; NULL if it was not';
COMMENT ON COLUMN run.digest IS 'Digest of all final PTEs, hex; equal for all correct backends of one replay';
COMMENT ON COLUMN run.findings IS 'Breaches of invariants';

CREATE TABLE call (
  replay BIGINT NOT NULL, call BIGINT NOT NULL, seq BIGINT, line BIGINT, time BIGINT, duration BIGINT,
  pid INTEGER, tid INTEGER, address UBIGINT, length UBIGINT, protection INTEGER, recorded_result BIGINT,
  model_result BIGINT, pages BIGINT, present_ptes BIGINT, updated_ptes BIGINT, vma_pieces BIGINT,
  pte_pages BIGINT, slots_scanned BIGINT, flush_pages BIGINT, vmas BIGINT, assumed BOOLEAN);
COMMENT ON TABLE call IS 'One mprotect or pkey_mprotect call: what is true under every backend; key: replay, call';
COMMENT ON COLUMN call.replay IS 'The replay';
COMMENT ON COLUMN call.call IS 'Number of the call within the trace, from 0';
COMMENT ON COLUMN call.seq IS 'Position of the event in the event file';
COMMENT ON COLUMN call.line IS 'Line of the raw trace, from 1';
COMMENT ON COLUMN call.time IS 'When the call began, ns since the trace began';
COMMENT ON COLUMN call.duration IS 'How long the recorded call took, ns';
COMMENT ON COLUMN call.pid IS 'Process';
COMMENT ON COLUMN call.tid IS 'Thread';
COMMENT ON COLUMN call.address IS 'Start address as passed; address_text shows it in hex';
COMMENT ON COLUMN call.length IS 'Length as passed, bytes';
COMMENT ON COLUMN call.protection IS 'Protection as passed, PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4; protection_text shows it as rwx';
COMMENT ON COLUMN call.recorded_result IS '0 or -errno as recorded';
COMMENT ON COLUMN call.model_result IS '0 or -errno as the model has it';
COMMENT ON COLUMN call.pages IS 'Pages in the range';
COMMENT ON COLUMN call.present_ptes IS 'PTEs in the range, present or PROT_NONE, before the call';
COMMENT ON COLUMN call.updated_ptes IS 'PTEs that the call rewrote';
COMMENT ON COLUMN call.vma_pieces IS 'VMA pieces whose flags changed';
COMMENT ON COLUMN call.pte_pages IS 'PTE pages walked, counted per piece';
COMMENT ON COLUMN call.slots_scanned IS 'PTE slots looked at';
COMMENT ON COLUMN call.flush_pages IS 'Pages in the hull of the TLB flush as native Linux computes it; 0 if none is needed';
COMMENT ON COLUMN call.vmas IS 'VMAs in the address space after the call';
COMMENT ON COLUMN call.assumed IS 'Whether residency, VMAs or CPUs of this call rest on an assumption';

CREATE TABLE call_operation (run BIGINT NOT NULL, call BIGINT NOT NULL, operation VARCHAR NOT NULL, n BIGINT NOT NULL);
COMMENT ON TABLE call_operation IS 'Operations of one call under one backend, where there are any; key: run, call, operation';
COMMENT ON COLUMN call_operation.run IS 'The run';
COMMENT ON COLUMN call_operation.call IS 'Number of the call';
COMMENT ON COLUMN call_operation.operation IS 'The operation';
COMMENT ON COLUMN call_operation.n IS 'How often it was carried out, at least 1';

CREATE TABLE operation_count (run BIGINT NOT NULL, cause VARCHAR NOT NULL, operation VARCHAR NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (run, cause, operation));
COMMENT ON TABLE operation_count IS 'Operations of a whole run, where there are any; for cause mprotect the sums of call_operation';
COMMENT ON COLUMN operation_count.run IS 'The run';
COMMENT ON COLUMN operation_count.cause IS 'What the kernel was doing: mprotect, fault, mmap, munmap, fork, exec or exit';
COMMENT ON COLUMN operation_count.operation IS 'The operation';
COMMENT ON COLUMN operation_count.n IS 'How often it was carried out, at least 1';

CREATE TABLE page_state (
  replay BIGINT NOT NULL, address_space INTEGER NOT NULL, pid INTEGER NOT NULL, address UBIGINT NOT NULL, pte UBIGINT NOT NULL,
  present BOOLEAN NOT NULL, prot_none BOOLEAN NOT NULL, writable BOOLEAN NOT NULL, accessed BOOLEAN NOT NULL, dirty BOOLEAN NOT NULL);
COMMENT ON TABLE page_state IS 'The final state of every page, the same under every correct backend; key: replay, address_space, address';
COMMENT ON COLUMN page_state.replay IS 'The replay';
COMMENT ON COLUMN page_state.address_space IS 'Number of the address space within the trace, from 0';
COMMENT ON COLUMN page_state.pid IS 'Process that owned it';
COMMENT ON COLUMN page_state.address IS 'Address of the page';
COMMENT ON COLUMN page_state.pte IS 'The PTE, bits that Xen owns masked out';
COMMENT ON COLUMN page_state.present IS 'P bit';
COMMENT ON COLUMN page_state.prot_none IS 'Whether the page is resident and PROT_NONE';
COMMENT ON COLUMN page_state.writable IS 'RW bit';
COMMENT ON COLUMN page_state.accessed IS 'A bit';
COMMENT ON COLUMN page_state.dirty IS 'D bit';

CREATE TABLE finding (replay BIGINT NOT NULL, run BIGINT, backend VARCHAR NOT NULL, invariant VARCHAR NOT NULL, pid INTEGER, address UBIGINT, seq BIGINT, message VARCHAR NOT NULL);
COMMENT ON TABLE finding IS 'One breach of an invariant, or one outcome that breaks none and is worth to be known';
COMMENT ON COLUMN finding.replay IS 'The replay';
COMMENT ON COLUMN finding.run IS 'The run; NULL if the finding concerns no single backend of the replay';
COMMENT ON COLUMN finding.backend IS 'The backend that broke it';
COMMENT ON COLUMN finding.invariant IS 'Number of the invariant, such as I14; or an outcome that breaks none: dirty-not-cleared, uffd-write-missed';
COMMENT ON COLUMN finding.pid IS 'Process; NULL if none';
COMMENT ON COLUMN finding.address IS 'Page; NULL if none';
COMMENT ON COLUMN finding.seq IS 'Position of the event in the event file; NULL if none';
COMMENT ON COLUMN finding.message IS 'Expectation and finding, in one sentence';

CREATE TABLE observation_check (
  replay BIGINT NOT NULL, seq BIGINT NOT NULL, line BIGINT, kind VARCHAR NOT NULL, call BIGINT, pid INTEGER,
  address UBIGINT, attribute VARCHAR NOT NULL, observed VARCHAR, modelled VARCHAR, agrees BOOLEAN, explanation VARCHAR);
COMMENT ON TABLE observation_check IS 'One thing that the trace observed, beside what the model says; key: replay, seq, attribute';
COMMENT ON COLUMN observation_check.replay IS 'The replay';
COMMENT ON COLUMN observation_check.seq IS 'Position in the event file of the observation, or of the call that it belongs to';
COMMENT ON COLUMN observation_check.line IS 'Line of the raw trace, from 1';
COMMENT ON COLUMN observation_check.kind IS 'Kind of observation, such as observed_pte';
COMMENT ON COLUMN observation_check.call IS 'Number of the call that it belongs to; NULL if none';
COMMENT ON COLUMN observation_check.pid IS 'Process';
COMMENT ON COLUMN observation_check.address IS 'Page or start address; NULL if none';
COMMENT ON COLUMN observation_check.attribute IS 'What is compared, such as dirty or hypercalls';
COMMENT ON COLUMN observation_check.observed IS 'Value in the trace';
COMMENT ON COLUMN observation_check.modelled IS 'Value in the model';
COMMENT ON COLUMN observation_check.agrees IS 'Whether they agree; NULL if that cannot be decided';
COMMENT ON COLUMN observation_check.explanation IS 'Why it cannot be decided, or what was taken over from the trace before';

CREATE TABLE cost_profile (profile VARCHAR NOT NULL, unit VARCHAR NOT NULL, title VARCHAR NOT NULL, hardware VARCHAR, guest_kernel VARCHAR, notes VARCHAR, shipped BOOLEAN NOT NULL);
COMMENT ON TABLE cost_profile IS 'One set of prices; key: profile';
COMMENT ON COLUMN cost_profile.profile IS 'Name';
COMMENT ON COLUMN cost_profile.unit IS 'Unit of its prices: cycles, instructions or ns';
COMMENT ON COLUMN cost_profile.title IS 'What it stands for';
COMMENT ON COLUMN cost_profile.hardware IS 'The hardware that it describes';
COMMENT ON COLUMN cost_profile.guest_kernel IS 'The guest kernel that it was made for';
COMMENT ON COLUMN cost_profile.notes IS 'How far it can be trusted';
COMMENT ON COLUMN cost_profile.shipped IS 'Whether it comes with the program; FALSE if loaded by the user';

CREATE TABLE cost (profile VARCHAR NOT NULL, backend VARCHAR, operation VARCHAR NOT NULL, low DOUBLE NOT NULL, typical DOUBLE NOT NULL, high DOUBLE NOT NULL, unit VARCHAR NOT NULL, source VARCHAR NOT NULL);
COMMENT ON TABLE cost IS 'The price of one operation; key: profile, backend, operation';
COMMENT ON COLUMN cost.profile IS 'The profile';
COMMENT ON COLUMN cost.backend IS 'The backend that it holds for, before a price for every backend; NULL: every backend';
COMMENT ON COLUMN cost.operation IS 'The operation';
COMMENT ON COLUMN cost.low IS 'Lowest plausible price, in the unit';
COMMENT ON COLUMN cost.typical IS 'Typical price, in the unit';
COMMENT ON COLUMN cost.high IS 'Highest plausible price, in the unit';
COMMENT ON COLUMN cost.unit IS 'Unit of the price, that of the profile';
COMMENT ON COLUMN cost.source IS 'Where the price comes from';
