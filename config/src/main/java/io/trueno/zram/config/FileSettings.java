package io.trueno.zram.config;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.configuration2.INIConfiguration;
import org.apache.commons.configuration2.SubnodeConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one file, and the order of a main file and its drop-ins.
 *
 * <p>Values are taken as they stand: Commons Configuration's {@code ${...}} lookups would let a
 * value read other files and variables, which nobody expects here.
 */
final class FileSettings {
    private FileSettings() {}

    /**
     * The main file and then the drop-ins {@code conf.d/*.conf} beside it in lexical order; a file
     * that is not there is left out.
     *
     * @throws ConfigException if the drop-in folder cannot be read
     */
    static List<Path> filesOf(Path mainFile) {
        List<Path> files = new ArrayList<>();
        if (Files.exists(mainFile)) {
            files.add(mainFile);
        }
        Path dropIns = mainFile.resolveSibling("conf.d");
        if (Files.isDirectory(dropIns)) {
            try (Stream<Path> paths = Files.list(dropIns)) {
                paths.filter(p -> p.getFileName().toString().endsWith(".conf"))
                        .sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                throw new ConfigException(dropIns + ": cannot be listed: " + e.getMessage(), e);
            }
        }
        return files;
    }

    /**
     * Reads one file.
     *
     * @throws ConfigException if it cannot be read, or gives a key twice
     */
    static List<Setting> read(Path file) {
        INIConfiguration ini = new INIConfiguration();
        ini.setSeparatorUsedInInput("=");
        ini.setCommentLeadingCharsUsedInInput("#;");
        try (Reader reader = Files.newBufferedReader(file)) {
            ini.read(reader);
        } catch (IOException | ConfigurationException e) {
            throw new ConfigException(
                    file + ": cannot be read (" + e + "): it must be a readable UTF-8 text file",
                    e);
        }
        List<Setting> settings = new ArrayList<>();
        for (String section : ini.getSections()) {
            SubnodeConfiguration keys = ini.getSection(section);
            if (section != null && keys.isEmpty()) {
                settings.add(Setting.emptySection(section, file.toString()));
            }
            for (Iterator<String> i = keys.getKeys(); i.hasNext(); ) {
                settings.add(setting(file, section, i.next(), keys));
            }
        }
        return settings;
    }

    private static Setting setting(
            Path file, @Nullable String section, String key, SubnodeConfiguration keys) {
        String plainKey = key.replace("..", "."); // the library doubles dots inside names
        if (section == null) {
            throw new ConfigException(
                    file + ": " + plainKey + " stands before any section: put it under [agent]");
        }
        if (keys.getProperty(key) instanceof String value) {
            return new Setting(section, plainKey, value, file.toString());
        }
        throw new ConfigException(
                file + ": [" + section + "] " + plainKey + " is given twice: keep one");
    }
}
