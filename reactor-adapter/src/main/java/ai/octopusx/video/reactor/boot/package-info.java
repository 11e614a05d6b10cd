/**
 * The client in a Spring Boot application: a {@link ai.octopusx.video.reactor.VideoClient} bean from the properties under
 * {@code octopusx.video}. Asleep where there is no Spring Boot, and the only package that knows Spring. One class for Boot 3.5
 * and Boot 4; change the client with a {@link ai.octopusx.video.reactor.boot.VideoClientCustomizer}.
 */
@NullMarked
package ai.octopusx.video.reactor.boot;

import org.jspecify.annotations.NullMarked;
