package dev.heartbeat.bench;

/** Nothing is watched; what is left is the cost of the measurement itself. */
final class Bare implements Contender {

    @Override
    public void add(int i) {}

    @Override
    public void heard(int i) {}

    @Override
    public void remove(int i) {}

    @Override
    public long pings() {
        return 0;
    }
}
