package dev.tandem.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves over one axis. */
public final class LinePlot {
    private static final int WIDTH = 800;
    private static final int HEIGHT = 520;
    private static final float STROKE = 2;
    /** Hues from blue over green to red, in the order in which curves are added. */
    private static final float FIRST_HUE = 0.67f;

    private final String title;
    private final String x;
    private final String y;
    private final List<Curve> curves = new ArrayList<>();

    private record Curve(String name, double[] x, double[] y, boolean line) {}

    /**
     * @param x what the horizontal axis tells
     * @param y what the vertical axis tells
     */
    public LinePlot(String title, String x, String y) {
        this.title = title;
        this.x = x;
        this.y = y;
    }

    /** A curve through points; what is not finite is left out. */
    public void curve(String name, double[] xs, double[] ys) {
        add(name, xs, ys, true);
    }

    /** Points without a line. */
    public void points(String name, double[] xs, double[] ys) {
        add(name, xs, ys, false);
    }

    private void add(String name, double[] xs, double[] ys, boolean line) {
        int[] finite = java.util.stream.IntStream.range(0, xs.length)
                .filter(i -> Double.isFinite(xs[i]) && Double.isFinite(ys[i]))
                .toArray();
        if (finite.length > 0) {
            curves.add(new Curve(
                    name,
                    java.util.Arrays.stream(finite).mapToDouble(i -> xs[i]).toArray(),
                    java.util.Arrays.stream(finite).mapToDouble(i -> ys[i]).toArray(),
                    line));
        }
    }

    /**
     * Writes {@code prefix.png} and {@code prefix.svg}.
     *
     * @return both, or neither where there is nothing to draw
     */
    public List<Path> write(Path prefix) throws IOException {
        if (curves.isEmpty()) {
            return List.of();
        }
        XYChart chart = chart();
        String base = prefix.toString();
        try {
            BitmapEncoder.saveBitmap(chart, base + ".png", BitmapFormat.PNG);
            VectorGraphicsEncoder.saveVectorGraphic(chart, base + ".svg", VectorGraphicsFormat.SVG);
        } catch (InternalError | NoClassDefFoundError | RuntimeException e) {
            // without fonts on the machine the JDK throws many things
            throw new IOException(
                    "cannot draw " + base + ".png: " + e.getMessage()
                            + " (plots need a font: install fontconfig and one, such as fonts-dejavu)",
                    e);
        }
        return List.of(Path.of(base + ".png"), Path.of(base + ".svg"));
    }

    private XYChart chart() {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartTitleBoxVisible(false)
                .setLegendBorderColor(Color.WHITE);
        for (int i = 0; i < curves.size(); i++) {
            Curve c = curves.get(i);
            XYSeries series = chart.addSeries(c.name(), c.x(), c.y());
            Color colour = Color.getHSBColor(
                    curves.size() == 1 ? FIRST_HUE : FIRST_HUE * (1 - (float) i / (curves.size() - 1)), 0.8f, 0.8f);
            series.setLineColor(colour);
            series.setMarkerColor(colour);
            series.setLineStyle(new BasicStroke(STROKE));
            series.setMarker(c.line() && c.x().length > 12 ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE);
            if (!c.line()) {
                series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
            }
        }
        return chart;
    }
}
