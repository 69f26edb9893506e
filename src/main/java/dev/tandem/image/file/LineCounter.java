package dev.tandem.image.file;

import java.awt.image.BufferedImage;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;

/** Counts the lines that a reader delivers. */
record LineCounter(AtomicInteger lines) implements IIOReadUpdateListener {
    @Override
    public void imageUpdate(
            ImageReader source,
            BufferedImage image,
            int x,
            int y,
            int width,
            int height,
            int stepX,
            int stepY,
            int[] bands) {
        lines.addAndGet(height);
    }

    @Override
    public void passStarted(
            ImageReader source,
            BufferedImage image,
            int pass,
            int first,
            int last,
            int x,
            int y,
            int stepX,
            int stepY,
            int[] bands) {}

    @Override
    public void passComplete(ImageReader source, BufferedImage image) {}

    @Override
    public void thumbnailPassStarted(
            ImageReader source,
            BufferedImage image,
            int pass,
            int first,
            int last,
            int x,
            int y,
            int stepX,
            int stepY,
            int[] bands) {}

    @Override
    public void thumbnailUpdate(
            ImageReader source,
            BufferedImage image,
            int x,
            int y,
            int width,
            int height,
            int stepX,
            int stepY,
            int[] bands) {}

    @Override
    public void thumbnailPassComplete(ImageReader source, BufferedImage image) {}
}
