package io.trueno.zram.nbd;

/**
 * What has happened since the start, of one export or of the whole server. A snapshot: the figures
 * are read one after another while requests go on.
 *
 * @param connections now in transmission
 * @param totalConnections that reached transmission
 * @param readRequests executed
 * @param readBytes given to clients, holes included
 * @param writeRequests executed
 * @param writeBytes taken from clients
 * @param discardRequests trims and zero writes executed
 * @param discardBytes covered by those
 * @param otherRequests flush, cache and block status
 * @param invalidRequests refused before anything was executed
 * @param failedReads answered with an error of the device
 * @param failedWrites writes, trims and zero writes answered with an error of the device
 */
public record NbdStatistics(
        long connections,
        long totalConnections,
        long readRequests,
        long readBytes,
        long writeRequests,
        long writeBytes,
        long discardRequests,
        long discardBytes,
        long otherRequests,
        long invalidRequests,
        long failedReads,
        long failedWrites) {

    static final NbdStatistics NONE = new NbdStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    NbdStatistics plus(NbdStatistics other) {
        return new NbdStatistics(
                connections + other.connections,
                totalConnections + other.totalConnections,
                readRequests + other.readRequests,
                readBytes + other.readBytes,
                writeRequests + other.writeRequests,
                writeBytes + other.writeBytes,
                discardRequests + other.discardRequests,
                discardBytes + other.discardBytes,
                otherRequests + other.otherRequests,
                invalidRequests + other.invalidRequests,
                failedReads + other.failedReads,
                failedWrites + other.failedWrites);
    }
}
