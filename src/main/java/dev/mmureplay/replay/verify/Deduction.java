package dev.mmureplay.replay.verify;

/**
 * Something that a recording tells about what made it.
 *
 * @param value what
 * @param why in words, what tells it; {@code assumed} if nothing does
 */
public record Deduction<T>(T value, String why) {}
