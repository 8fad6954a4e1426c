package io.trueno.zram.nbd;

/**
 * What the handshake settled.
 *
 * @param export what is served
 * @param structured whether reads are answered in structured chunks
 * @param allocation whether block status may be asked for {@code base:allocation}
 * @param maxPayloadBytes the longest read or write
 */
record Session(Export export, boolean structured, boolean allocation, int maxPayloadBytes) {}
