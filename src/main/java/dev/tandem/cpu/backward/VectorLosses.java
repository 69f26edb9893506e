package dev.tandem.cpu.backward;

import static dev.tandem.cpu.work.Lanes.F;
import static dev.tandem.cpu.work.Lanes.L;

import dev.tandem.cpu.work.VectorMath;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Losses of one position, on vectors. */
final class VectorLosses {
    private VectorLosses() {}

    /** log Σ exp of n numbers. */
    static float logSum(float[] x, int at, int n) {
        FloatVector largest = FloatVector.broadcast(F, Float.NEGATIVE_INFINITY);
        int i = 0;
        for (; i <= n - L; i += L) {
            largest = largest.max(FloatVector.fromArray(F, x, at + i));
        }
        float most = largest.reduceLanes(VectorOperators.MAX);
        for (; i < n; i++) {
            most = Math.max(most, x[at + i]);
        }
        FloatVector sum = FloatVector.zero(F);
        for (i = 0; i < n; i += L) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector e =
                    VectorMath.exp(FloatVector.fromArray(F, x, at + i, mask).sub(most));
            sum = sum.add(e, mask);
        }
        return (float) (most + Math.log(sum.reduceLanes(VectorOperators.ADD)));
    }

    /** The loss −log softmax(x)[token]; g = by · its gradient. */
    static float crossEntropy(float[] x, int at, int n, int token, float by, float[] g, int to) {
        float log = logSum(x, at, n);
        float loss = log - x[at + token];
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector p =
                    VectorMath.exp(FloatVector.fromArray(F, x, at + i, mask).sub(log));
            p.mul(by).intoArray(g, to + i, mask);
        }
        g[to + token] -= by;
        return loss;
    }

    /** KL(teacher ‖ student); g = by · its gradient with respect to the student's logits. */
    static float teacherStudent(float[] x, int at, float[] teacher, int from, int n, float by, float[] g, int to) {
        float log = logSum(x, at, n);
        float teachersLog = logSum(teacher, from, n);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector student = FloatVector.fromArray(F, x, at + i, mask).sub(log);
            FloatVector master =
                    FloatVector.fromArray(F, teacher, from + i, mask).sub(teachersLog);
            FloatVector p = VectorMath.exp(master);
            sum = sum.add(p.mul(master.sub(student)), mask);
            VectorMath.exp(student).sub(p).mul(by).intoArray(g, to + i, mask);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    /** KL(student ‖ teacher); g = by · its gradient with respect to the student's logits. */
    static float studentTeacher(float[] x, int at, float[] teacher, int from, int n, float by, float[] g, int to) {
        float log = logSum(x, at, n);
        float teachersLog = logSum(teacher, from, n);
        FloatVector sum = FloatVector.zero(F);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector student = FloatVector.fromArray(F, x, at + i, mask).sub(log);
            FloatVector apart = student.sub(
                    FloatVector.fromArray(F, teacher, from + i, mask).sub(teachersLog));
            sum = sum.add(VectorMath.exp(student).mul(apart), mask);
        }
        float loss = sum.reduceLanes(VectorOperators.ADD);
        for (int i = 0; i < n; i += L) {
            VectorMask<Float> mask = F.indexInRange(i, n);
            FloatVector student = FloatVector.fromArray(F, x, at + i, mask).sub(log);
            FloatVector apart = student.sub(
                    FloatVector.fromArray(F, teacher, from + i, mask).sub(teachersLog));
            VectorMath.exp(student).mul(apart.sub(loss)).mul(by).intoArray(g, to + i, mask);
        }
        return loss;
    }
}
