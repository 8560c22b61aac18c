package dev.mmureplay.machine.check;

import dev.mmureplay.mmu.GuestPlatform;
import java.util.List;

/**
 * The shortest order of steps found in which an invariant breaks.
 *
 * @param backend its name
 * @param platform where
 * @param program what the kernel and the threads do, in one line
 * @param steps who did what, with PTEs in words, up to the step at which it shows
 * @param reason what is wrong then
 */
public record Witness(
    String backend,
    Invariant invariant,
    GuestPlatform platform,
    String program,
    List<String> steps,
    String reason) {}
