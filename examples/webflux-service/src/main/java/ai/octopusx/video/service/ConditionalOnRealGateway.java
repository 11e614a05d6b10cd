package ai.octopusx.video.service;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;

/** Unless the service runs as a demo. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ConditionalOnBooleanProperty(name = "octopusx.demo", havingValue = false, matchIfMissing = true)
@interface ConditionalOnRealGateway {}
