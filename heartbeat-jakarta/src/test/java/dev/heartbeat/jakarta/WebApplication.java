package dev.heartbeat.jakarta;

import dev.heartbeat.ZombieDetector;
import java.net.URL;
import java.net.URLClassLoader;

/** The class loader of a web application: its own classes, this library among them, before the container's. */
final class WebApplication extends URLClassLoader {

    WebApplication() {
        super(
                new URL[] {
                    location(SessionHeartbeat.class), location(ZombieDetector.class), location(WebApplication.class)
                },
                WebApplication.class.getClassLoader());
    }

    /** A new object of its own copy of a class. */
    Object make(Class<?> type) throws ReflectiveOperationException {
        return loadClass(type.getName()).getConstructor().newInstance();
    }

    private static URL location(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            if (!name.startsWith("dev.heartbeat.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? findClass(name) : loaded;
        }
    }
}
