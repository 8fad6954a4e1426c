package io.trueno.zram.agent.control;

import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.engine.store.CodecShare;
import io.trueno.zram.engine.store.LatencyStats;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * The agent's metrics in Prometheus' text format 0.0.4. Names follow zram's statistics; sizes are
 * in bytes whatever the kernel's unit.
 */
final class PrometheusText {
    /**
     * @param name after {@code trueno_zram_}
     * @param type {@code gauge} or {@code counter}
     */
    private record Metric(
            String name, String type, String help, ToLongFunction<DeviceStatus> value) {}

    private static final List<Metric> METRICS =
            List.of(
                    gauge("device_size_bytes", "Size of the device.", DeviceStatus::sizeBytes),
                    gauge("clients", "Clients connected.", d -> d.clients()),
                    gauge(
                            "orig_data_size_bytes",
                            "Bytes of pages stored, same-filled ones too.",
                            d -> d.stats().origDataSize()),
                    gauge(
                            "compr_data_size_bytes",
                            "Bytes of compressed pages.",
                            d -> d.stats().comprDataSize()),
                    gauge(
                            "mem_used_total_bytes",
                            "Memory held for compressed pages.",
                            d -> d.stats().memUsedTotal()),
                    gauge(
                            "mem_limit_bytes",
                            "Limit of mem_used_total_bytes, 0 for none.",
                            d -> d.stats().memLimit()),
                    gauge(
                            "mem_used_max_bytes",
                            "Highest mem_used_total_bytes.",
                            d -> d.stats().memUsedMax()),
                    counter(
                            "soft_limit_total",
                            "How often the soft limit was reached.",
                            d -> d.stats().softLimitEvents()),
                    gauge(
                            "bd_count",
                            "Blocks of 4 KiB in use on the backing device.",
                            d -> d.backing().bdCount()),
                    gauge("bd_pages", "Pages written back now.", d -> d.backing().pages()),
                    counter(
                            "bd_reads_total",
                            "Blocks read from the backing device.",
                            d -> d.backing().bdReads()),
                    counter(
                            "bd_writes_total",
                            "Blocks written to the backing device.",
                            d -> d.backing().bdWrites()),
                    gauge(
                            "headroom_bytes",
                            "Memory mapped ahead of its use.",
                            d -> d.stats().headroomBytes()),
                    gauge(
                            "unlocked_bytes",
                            "Memory of the device that the system may swap out.",
                            d -> d.stats().unlockedBytes()),
                    gauge(
                            "index_bytes",
                            "Memory held for the page table and bookkeeping.",
                            d -> d.stats().indexBytes()),
                    gauge(
                            "same_pages",
                            "Pages stored as one repeated word.",
                            d -> d.stats().samePages()),
                    gauge("huge_pages", "Incompressible pages stored.", d -> d.stats().hugePages()),
                    counter(
                            "huge_pages_since_total",
                            "Incompressible pages stored ever.",
                            d -> d.stats().hugePagesSince()),
                    counter(
                            "pages_compacted_total",
                            "Pages freed by compaction.",
                            d -> d.stats().pagesCompacted()),
                    counter("pages_read_total", "Pages read.", d -> d.stats().pagesRead()),
                    counter("pages_written_total", "Pages written.", d -> d.stats().pagesWritten()),
                    counter("failed_reads_total", "Reads failed.", d -> d.stats().failedReads()),
                    counter("failed_writes_total", "Writes failed.", d -> d.stats().failedWrites()),
                    counter("notify_free_total", "Pages discarded.", d -> d.stats().notifyFree()));

    private PrometheusText() {}

    static String of(AgentStatus agent, List<DeviceStatus> devices) {
        StringBuilder text = new StringBuilder(4096);
        head(text, "agent_info", "gauge", "The agent's version and SIMD backend.");
        text.append("trueno_zram_agent_info{version=\"")
                .append(agent.version())
                .append("\",simd=\"")
                .append(agent.simdBackend())
                .append("\"} 1\n");
        head(text, "uptime_seconds", "gauge", "Seconds since the agent began to serve.");
        text.append("trueno_zram_uptime_seconds ").append(agent.uptimeSeconds()).append('\n');
        for (Metric metric : METRICS) {
            head(text, metric.name(), metric.type(), metric.help());
            for (DeviceStatus device : devices) {
                text.append("trueno_zram_")
                        .append(metric.name())
                        .append("{device=\"")
                        .append(device.name()) // zramN: nothing in it needs escaping
                        .append("\"} ")
                        .append(metric.value().applyAsLong(device))
                        .append('\n');
            }
        }
        codecs(text, devices);
        latency(text, "read_seconds", "How long reads took.", devices, d -> d.readLatency());
        latency(text, "write_seconds", "How long writes took.", devices, d -> d.writeLatency());
        return text.toString();
    }

    private static void codecs(StringBuilder text, List<DeviceStatus> devices) {
        head(text, "codec_pages", "gauge", "Pages stored, by codec.");
        codecs(text, "codec_pages", devices, CodecShare::pages);
        head(text, "codec_bytes", "gauge", "Bytes that they pack to, by codec.");
        codecs(text, "codec_bytes", devices, CodecShare::packedBytes);
    }

    private static void codecs(
            StringBuilder text,
            String name,
            List<DeviceStatus> devices,
            ToLongFunction<CodecShare> value) {
        for (DeviceStatus device : devices) {
            for (CodecShare share : device.codecs()) {
                text.append("trueno_zram_")
                        .append(name)
                        .append("{device=\"")
                        .append(device.name())
                        .append("\",codec=\"")
                        .append(share.codec())
                        .append("\"} ")
                        .append(value.applyAsLong(share))
                        .append('\n');
            }
        }
    }

    private static void latency(
            StringBuilder text,
            String name,
            String help,
            List<DeviceStatus> devices,
            Function<DeviceStatus, LatencyStats> of) {
        head(text, name, "histogram", help);
        for (DeviceStatus device : devices) {
            LatencyStats latency = of.apply(device);
            String metric = "trueno_zram_" + name;
            String label = "{device=\"" + device.name() + "\"";
            for (LatencyStats.Bucket bucket : latency.buckets()) {
                text.append(metric)
                        .append("_bucket")
                        .append(label)
                        .append(",le=\"")
                        .append(seconds(bucket.upToNanos()))
                        .append("\"} ")
                        .append(bucket.count())
                        .append('\n');
            }
            text.append(metric)
                    .append("_bucket")
                    .append(label)
                    .append(",le=\"+Inf\"} ")
                    .append(latency.count())
                    .append('\n');
            text.append(metric)
                    .append("_sum")
                    .append(label)
                    .append("} ")
                    .append(seconds(latency.sumNanos()))
                    .append('\n');
            text.append(metric)
                    .append("_count")
                    .append(label)
                    .append("} ")
                    .append(latency.count())
                    .append('\n');
        }
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
    }

    private static void head(StringBuilder text, String name, String type, String help) {
        text.append("# HELP trueno_zram_").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE trueno_zram_").append(name).append(' ').append(type).append('\n');
    }

    private static Metric gauge(String name, String help, ToLongFunction<DeviceStatus> value) {
        return new Metric(name, "gauge", help, value);
    }

    private static Metric counter(String name, String help, ToLongFunction<DeviceStatus> value) {
        return new Metric(name, "counter", help, value);
    }
}
