package dev.tandem;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Says in a run's last line how many tests did not run, and why: what is missing here is not to pass as green. */
public final class SkippedTests implements TestExecutionListener {
    private final Map<String, Integer> reasons = new TreeMap<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        count(reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            count(result.getThrowable().map(Throwable::getMessage).orElse("no reason given"));
        }
    }

    private void count(String reason) {
        reasons.merge(reason.strip().replaceAll("\\s*\\R\\s*", " "), 1, Integer::sum);
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        System.out.println(summary(reasons));
    }

    static String summary(Map<String, Integer> reasons) {
        int all = reasons.values().stream().mapToInt(Integer::intValue).sum();
        if (all == 0) {
            return "No test was skipped.";
        }
        StringBuilder line = new StringBuilder(all + (all == 1 ? " test was" : " tests were") + " skipped: ");
        reasons.forEach((reason, times) ->
                line.append(times).append(" × ").append(reason).append("; "));
        line.setLength(line.length() - 2);
        return line.append('.').toString();
    }
}
