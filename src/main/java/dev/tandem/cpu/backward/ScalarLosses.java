package dev.tandem.cpu.backward;

import dev.tandem.cpu.memory.CpuBuffer;
import dev.tandem.cpu.work.Workers;
import dev.tandem.op.Buffer;
import dev.tandem.op.LossOps;

/** Losses as plain loops, sums in double. */
abstract class ScalarLosses extends ScalarBackward implements LossOps {
    ScalarLosses(Workers workers) {
        super(workers);
    }

    /** What a loss makes of one position. */
    private interface Position {
        /**
         * @param item row · l + position
         * @param row of the batch
         * @param logs log softmax of the position's logits; becomes the gradient of the loss
         * @return the loss
         */
        double accept(int item, int row, double[] logs);
    }

    private void each(Buffer logits, Buffer weights, Buffer loss, Buffer gLogits, Position position) {
        CpuBuffer x = CpuBuffer.of(logits);
        CpuBuffer w = CpuBuffer.of(weights);
        CpuBuffer out = CpuBuffer.of(loss);
        CpuBuffer g = CpuBuffer.of(gLogits);
        int batch = x.size(0);
        int positions = x.size(1);
        int codes = x.size(2);
        workers.forEach(batch * positions, item -> {
            double[] logs = logSoftmax(x, item * codes, codes);
            out.floats[out.offset + item] = (float) position.accept(item, item / positions, logs);
            double by = (double) w.floats[w.offset + item % positions] / batch;
            for (int v = 0; v < codes; v++) {
                g.floats[g.offset + item * codes + v] = (float) (by * logs[v]);
            }
        });
    }

    private static double[] logSoftmax(CpuBuffer x, int at, int codes) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int v = 0; v < codes; v++) {
            largest = Math.max(largest, x.floats[x.offset + at + v]);
        }
        double sum = 0;
        for (int v = 0; v < codes; v++) {
            sum += Math.exp(x.floats[x.offset + at + v] - largest);
        }
        double[] logs = new double[codes];
        for (int v = 0; v < codes; v++) {
            logs[v] = x.floats[x.offset + at + v] - largest - Math.log(sum);
        }
        return logs;
    }

    @Override
    public void crossEntropy(Buffer logits, Buffer tokens, Buffer weights, Buffer loss, Buffer gLogits) {
        CpuBuffer t = CpuBuffer.of(tokens);
        int positions = logits.size(1);
        each(logits, weights, loss, gLogits, (item, row, logs) -> {
            int token = t.ints[t.offset + row * t.size(1) + item % positions];
            double value = -logs[token];
            for (int v = 0; v < logs.length; v++) {
                logs[v] = Math.exp(logs[v]) - (v == token ? 1 : 0);
            }
            return value;
        });
    }

    @Override
    public void divergence(
            Divergence direction, Buffer logits, Buffer teacher, Buffer weights, Buffer loss, Buffer gLogits) {
        CpuBuffer t = CpuBuffer.of(teacher);
        int codes = logits.size(2);
        each(logits, weights, loss, gLogits, (item, row, logs) -> {
            double[] teachers = logSoftmax(t, item * codes, codes);
            return switch (direction) {
                case TEACHER_STUDENT -> teacherStudent(teachers, logs);
                case STUDENT_TEACHER -> studentTeacher(teachers, logs);
            };
        });
    }

    private static double teacherStudent(double[] teacher, double[] student) {
        double value = 0;
        for (int v = 0; v < student.length; v++) {
            double p = Math.exp(teacher[v]);
            value += p * (teacher[v] - student[v]);
            student[v] = Math.exp(student[v]) - p;
        }
        return value;
    }

    private static double studentTeacher(double[] teacher, double[] student) {
        double value = 0;
        for (int v = 0; v < student.length; v++) {
            value += Math.exp(student[v]) * (student[v] - teacher[v]);
        }
        for (int v = 0; v < student.length; v++) {
            student[v] = Math.exp(student[v]) * (student[v] - teacher[v] - value);
        }
        return value;
    }
}
