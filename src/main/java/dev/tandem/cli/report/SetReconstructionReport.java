package dev.tandem.cli.report;

import dev.tandem.analysis.Nearness;
import dev.tandem.job.set.ReconstructionJob;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code reconstruct} says of a whole set when it is done or stops. */
public record SetReconstructionReport(ReconstructionJob.Result result) implements Report {
    @Override
    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (result.progress().target() == null) {
            json.put("pictures", result.progress().total());
            json.put("done", result.progress().done());
        } else {
            json.putAll(new SampleReport(result.progress()).json());
        }
        Nearness nearness = result.nearness();
        json.put("mean_psnr", Decibels.finite(nearness.meanPsnr()));
        json.put("mean_ssim", Decibels.finite(nearness.meanSsim()));
        json.put("without_difference", nearness.equal());
        return json;
    }

    @Override
    public void text(PrintWriter out) {
        if (result.progress().target() != null) {
            new SampleReport(result.progress()).text(out);
        }
        if (result.nearness().pictures() > 0) {
            out.println(Decibels.mean(result.nearness()));
        }
    }
}
