package io.trueno.zram.agent.cli;

import io.trueno.zram.agent.control.DeviceList;
import io.trueno.zram.agent.device.DeviceStatus;
import io.trueno.zram.config.ByteSize;
import io.trueno.zram.engine.store.StoreStats;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "list",
        description = "List the devices of the running agent. 'status' is the same.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        footer = {
            "",
            "DATA is what was stored, COMPR its compressed size, TOTAL the memory it takes, RATIO"
                    + " DATA by TOTAL and the index."
        })
final class ListCommand implements Runnable {
    @Mixin private RuntimeDirectoryOption runtimeDirectory = new RuntimeDirectoryOption();
    @Mixin private JsonOption json = new JsonOption();

    @Override
    public void run() {
        List<DeviceStatus> devices = runtimeDirectory.agent().list();
        json.print(new DeviceList(devices), () -> table(devices));
    }

    private static String table(List<DeviceStatus> devices) {
        TextTable table =
                new TextTable(
                        "NAME",
                        ">SIZE",
                        "ALGORITHM",
                        ">DATA",
                        ">COMPR",
                        ">TOTAL",
                        ">RATIO",
                        ">CLIENTS",
                        "URI");
        for (DeviceStatus device : devices) {
            StoreStats stats = device.stats();
            table.row(
                    device.name(),
                    ByteSize.format(device.sizeBytes()),
                    device.algorithm(),
                    ByteSize.format(stats.origDataSize()),
                    ByteSize.format(stats.comprDataSize()),
                    ByteSize.format(stats.memUsedTotal()),
                    stats.origDataSize() == 0
                            ? "-"
                            : String.format(Locale.ROOT, "%.2f", device.effectiveRatio()),
                    device.clients(),
                    device.uri());
        }
        return table.toString();
    }
}
