package io.trueno.zram.agent.cli;

import picocli.CommandLine.IVersionProvider;

/** The program's version, from the manifest of its archive. */
final class Version implements IVersionProvider {
    /** Such as {@code 0.1.0}; {@code development} when run from class files. */
    static String number() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"trueno-zram " + number()};
    }
}
