import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Brings the pinned Maven into a directory, checked against its published SHA-512; ./mvnw runs it
 * once, from source.
 *
 * <p>Arguments: version, SHA-512 in hex, target directory. The repository is {@code MVNW_REPOURL}
 * if set, as in the standard wrapper, else Maven Central.
 */
class FetchMaven {
    public static void main(String[] args) throws Exception {
        String version = args[0];
        String expected = args[1];
        Path target = Path.of(args[2]);
        String repository =
                System.getenv().getOrDefault("MVNW_REPOURL", "https://repo.maven.apache.org/maven2");
        URI uri =
                URI.create(
                        repository
                                + "/org/apache/maven/apache-maven/"
                                + version
                                + "/apache-maven-"
                                + version
                                + "-bin.zip");
        Files.createDirectories(target.getParent());
        Path work = Files.createTempDirectory(target.getParent(), "fetch");
        Path archive = work.resolve("maven.zip");
        try (InputStream in = uri.toURL().openStream()) {
            Files.copy(in, archive);
        }
        String actual =
                HexFormat.of()
                        .formatHex(
                                MessageDigest.getInstance("SHA-512")
                                        .digest(Files.readAllBytes(archive)));
        if (!actual.equals(expected)) {
            throw new IOException(
                    "the Maven archive does not match .mvn/maven.properties: sha512=" + actual);
        }
        unzip(archive, work);
        Path unpacked = work.resolve("apache-maven-" + version);
        Files.setPosixFilePermissions(
                unpacked.resolve("bin/mvn"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.delete(archive);
        try {
            Files.move(unpacked, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException lost) {
            if (!Files.isExecutable(target.resolve("bin/mvn"))) {
                throw lost; // not a race with another build that fetched the same version
            }
        }
    }

    private static void unzip(Path archive, Path into) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path path = into.resolve(entry.getName()).normalize();
                if (!path.startsWith(into)) {
                    throw new IOException("entry outside the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(zip, path);
                }
            }
        }
    }
}
