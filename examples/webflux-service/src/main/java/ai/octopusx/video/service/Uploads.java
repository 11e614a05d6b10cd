package ai.octopusx.video.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Pictures between the browser and the gateway: one directory per job, removed once its submission is settled, and all of them at
 * the next start. Nothing here runs on an event loop, and no name that a browser sent becomes one on this disk.
 */
@Component
class Uploads {

    private final Path root;

    Uploads(ServiceSettings settings) {
        this.root = settings.uploads().toAbsolutePath();
    }

    /** @param field of the form, one of the two that are known */
    Mono<Path> save(String jobId, String field, FilePart picture) {
        return Mono.fromCallable(() -> Files.createDirectories(directory(jobId)).resolve(field))
                .subscribeOn(Schedulers.boundedElastic())
                .flatMap(file -> picture.transferTo(file).thenReturn(file));
    }

    Mono<Void> remove(String jobId) {
        return Mono.fromCallable(() -> FileSystemUtils.deleteRecursively(directory(jobId)))
                .subscribeOn(Schedulers.boundedElastic())
                .then();
    }

    /** What a process that ended in the middle has left. Blocks. */
    void removeAll() throws IOException {
        FileSystemUtils.deleteRecursively(root);
        Files.createDirectories(root);
    }

    private Path directory(String jobId) {
        return root.resolve(jobId);
    }
}
