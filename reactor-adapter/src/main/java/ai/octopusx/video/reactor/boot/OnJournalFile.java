package ai.octopusx.video.reactor.boot;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** A file for the journal is named. Blank names none, which {@code @ConditionalOnProperty} would take for a name. */
final class OnJournalFile extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        String file = BuilderProperties.text(context.getEnvironment().getProperty(BuilderProperties.JOURNAL_FILE));
        return new ConditionOutcome(
                file != null,
                ConditionMessage.forCondition("Journal file")
                        .because(BuilderProperties.JOURNAL_FILE + (file == null ? " is not set" : " is set")));
    }
}
