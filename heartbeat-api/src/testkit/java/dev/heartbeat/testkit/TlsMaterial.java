package dev.heartbeat.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A key pair for a server under test, made once for the whole process by the JDK's {@code keytool}. */
public final class TlsMaterial {

    /** What opens the key store. */
    public static final String PASSWORD = "password";

    private static @Nullable KeyStore made;

    private TlsMaterial() {}

    /**
     * The key pair and its certificate for {@code localhost}.
     *
     * @return a PKCS #12 store
     * @throws IOException if there is no keytool, or it fails
     * @throws GeneralSecurityException if what it made cannot be read
     */
    public static synchronized KeyStore keyStore() throws IOException, GeneralSecurityException {
        KeyStore keys = made;
        if (keys == null) {
            keys = make();
            made = keys;
        }
        return keys;
    }

    /**
     * What shows the key pair to clients.
     *
     * @return initialised key managers
     * @throws IOException if there is no keytool, or it fails
     * @throws GeneralSecurityException if the key pair cannot be used
     */
    public static KeyManagerFactory keyManagers() throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keyStore(), PASSWORD.toCharArray());
        return managers;
    }

    /**
     * TLS for a server.
     *
     * @return a context with the key pair
     * @throws IOException if there is no keytool, or it fails
     * @throws GeneralSecurityException if the key pair cannot be used
     */
    public static SSLContext server() throws IOException, GeneralSecurityException {
        return context(keyManagers().getKeyManagers(), null);
    }

    /**
     * TLS for a client that trusts anybody: for tests only.
     *
     * @return a context without keys
     * @throws IOException if this JDK has no TLS
     */
    public static SSLContext trusting() throws IOException {
        try {
            return context(null, new TrustManager[] {new Trusting()});
        } catch (GeneralSecurityException missing) {
            throw new IOException(missing);
        }
    }

    private static SSLContext context(KeyManager @Nullable [] keys, TrustManager @Nullable [] trusted)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trusted, new SecureRandom());
        return context;
    }

    private static KeyStore make() throws IOException, GeneralSecurityException {
        Path directory = Files.createTempDirectory("heartbeat-tls");
        Path file = directory.resolve("keys.p12");
        try {
            keytool(file);
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            return keys;
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }

    private static void keytool(Path file) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of("-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=localhost"));
        command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", file.toString()));
        if (!Processes.succeeds(command)) {
            throw new IOException("failed: " + String.join(" ", command));
        }
    }

    private static final class Trusting implements X509TrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            // there are no clients with certificates here
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // it is the one under test
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
