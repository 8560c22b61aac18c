/**
 * What importers share whose tool tells system calls by name or number, with their arguments and
 * results: how a call, whole or in two halves, becomes an event, and which task it belongs to.
 *
 * <p>A tool's importer fills a {@link dev.mmureplay.importer.call.Call} from a line and hands it to
 * {@link dev.mmureplay.importer.call.CallLog}, which enters the lines into the ledger.
 *
 * <pre>
 * call                                   becomes
 * mmap, munmap, mprotect, pkey_mprotect,
 *   mremap, brk, madvise                 the event of its name
 * clone, clone3, fork, vfork             CLONE; ignored(failed-clone); with result 0, ignored(clone-in-child)
 * execve, execveat                       EXECVE; ignored(failed-execve)
 * exit, exit_group                       EXIT, when it begins; a second one ignored(exited-already)
 * shmat, shmdt                           ignored(shmat), ignored(shmdt)
 * any of the above to be made again      ignored(restarted)
 * any of the above without its end       ignored(call-never-returned)
 * any other                              ignored(syscall-not-about-memory)
 * an end without its beginning           ignored(exit-without-enter)
 * </pre>
 */
@NullMarked
package dev.mmureplay.importer.call;

import org.jspecify.annotations.NullMarked;
