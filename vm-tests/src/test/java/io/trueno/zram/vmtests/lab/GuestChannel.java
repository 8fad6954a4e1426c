package io.trueno.zram.vmtests.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The lines that go between a test and {@code serve-commands} in a guest. One thread at a time may
 * use it.
 */
final class GuestChannel {
    private static final String END = "end of the channel";

    private final OutputStream out;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    GuestChannel(InputStream in, OutputStream out) {
        this.out = out;
        Thread.ofVirtual().name("guest channel").start(() -> receive(in));
    }

    private void receive(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, US_ASCII))) {
            reader.lines().forEach(lines::add);
        } catch (IOException | RuntimeException e) {
            // The guest is gone, which whoever waits for a line is told below.
        } finally {
            lines.add(END);
        }
    }

    void send(String line) throws IOException {
        out.write((line + "\n").getBytes(US_ASCII));
        out.flush();
    }

    /**
     * The next line that begins with {@code prefix}.
     *
     * @throws IOException if the guest has ended, or says nothing until {@code limit} is over
     */
    String await(String prefix, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        try {
            while (true) {
                String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (line == null) {
                    throw new IOException("the guest hangs: no answer in " + limit);
                }
                if (line.equals(END)) {
                    lines.add(END);
                    throw new IOException("the guest has ended");
                }
                if (line.startsWith(prefix)) {
                    return line;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
