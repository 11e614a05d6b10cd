package ai.octopusx.video.simulator;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A form that could be read.
 *
 * @param fields text fields by name, in the order of their arrival
 * @param wrongType why the fields do not fit the gateway's types, null if they do
 */
record SubmittedForm(
        Map<String, String> fields,
        List<File> files,
        @Nullable String wrongType) {

    record File(ReceivedFile received, @Nullable ImageHeader image) {}

    List<ReceivedFile> receivedFiles() {
        return files.stream().map(File::received).toList();
    }

    @Nullable
    ImageHeader firstFrame() {
        for (File file : files) {
            if (file.received().field().equals("first_frame_image")) {
                return file.image();
            }
        }
        return null;
    }
}
