package dev.tandem.train;

/**
 * Learning rate and weight decay over a training: a warm-up that rises linearly, then a shape that falls.
 *
 * @param shape how the rate falls after the warm-up
 * @param peak the largest rate
 * @param decay weight decay at the beginning
 * @param decayEnd at the end, by half a cosine
 * @param warmUp iterations of the warm-up
 * @param iterations all of them
 * @param first share of the peak at the first iteration
 * @param last share of the peak at the last one
 * @see "VAR: lr_control.py (lr_wd_annealing)"
 */
public record RateSchedule(
        Shape shape,
        double peak,
        double decay,
        double decayEnd,
        double warmUp,
        int iterations,
        double first,
        double last) {

    /** How a rate falls: the share of the peak after a share of the time. */
    public interface Shape {
        double at(double passed, double last);

        /** By the original's names: cos, lin, lin0, lin00, exp, or lin and the share of the time until the bend. */
        static Shape named(String name) {
            return switch (name) {
                case "cos" -> (passed, last) -> last + (1 - last) * (0.5 + 0.5 * Math.cos(Math.PI * passed));
                case "lin" -> flatThenLinear(0.15);
                case "lin0" -> flatThenLinear(0.05);
                case "lin00" -> (passed, last) -> last + (1 - last) * (1 - passed);
                case "exp" -> flatThenExponential(0.15);
                default -> bent(name);
            };
        }

        private static Shape flatThenLinear(double flat) {
            return (passed, last) -> passed < flat ? 1 : last + (1 - last) * (1 - passed) / (1 - flat);
        }

        private static Shape flatThenExponential(double flat) {
            return (passed, last) -> passed < flat ? 1 : Math.exp((passed - flat) / (1 - flat) * Math.log(last));
        }

        /** Falls half as far as a line would until the bend, then to the end. */
        private static Shape bent(String name) {
            if (!name.matches("lin0?\\.\\d+")) {
                throw new IllegalArgumentException("no schedule is called '" + name
                        + "'; there are cos, lin, lin0, lin00, exp and lin0.3 (any share of the time)");
            }
            double bend = Double.parseDouble(name.substring("lin".length()));
            return (passed, last) -> {
                double middle = (1 + last + (1 - last) * (1 - bend)) / 2;
                return passed < bend
                        ? 1 + (middle - 1) * passed / bend
                        : last + (middle - last) * (1 - passed) / (1 - bend);
            };
        }
    }

    /** The learning rate of an iteration, from 0. */
    public double rate(int iteration) {
        double warm = Math.rint(warmUp);
        if (iteration < warm) {
            return peak * (first + (1 - first) * iteration / warm);
        }
        return peak * shape.at(share(iteration - warm, iterations - 1.0 - warm), last);
    }

    /** The weight decay of an iteration, for parameters that decay. */
    public double decay(int iteration) {
        double passed = share(iteration, iterations - 1);
        return decayEnd + (decay - decayEnd) * (0.5 + 0.5 * Math.cos(Math.PI * passed));
    }

    private static double share(double part, double whole) {
        return whole <= 0 ? 0 : part / whole;
    }
}
