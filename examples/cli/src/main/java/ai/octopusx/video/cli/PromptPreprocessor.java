package ai.octopusx.video.cli;

import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.OverwrittenOptionException;

/**
 * Takes {@code --prompt=TEXT} as it stands, also a text that is the name of an option; {@code --prompt --json} is left to the
 * parser, which refuses it, for that is a forgotten text.
 */
final class PromptPreprocessor implements IParameterPreprocessor {

    @Override
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec prompt, Map<String, Object> info) {
        if (!"".equals(prompt.getValue())) {
            throw new OverwrittenOptionException(
                    command.commandLine(), prompt, "option '--prompt' should be specified only once");
        }
        if (!"=".equals(info.get("separator")) || args.isEmpty()) {
            return false;
        }
        prompt.setValue(args.pop());
        return true;
    }
}
