package dev.heartbeat.examples;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Answers a bad command line in one line, with the option, the rule and the value, and with status 2. Converters throw {@link
 * TypeConversionException}s whose message is the rule: {@code a whole number}.
 */
public final class ShortErrorMessageHandler implements IParameterExceptionHandler {

    /** Made for one command line. */
    public ShortErrorMessageHandler() {}

    @Override
    public int handleParseException(ParameterException bad, String[] args) {
        CommandLine program = bad.getCommandLine();
        if (List.of(args).contains("--help")) {
            program.usage(program.getOut());
            return ExitCode.OK;
        }
        program.getErr().println(program.getCommandName() + ": " + message(bad));
        return ExitCode.USAGE;
    }

    static String message(ParameterException bad) {
        if (bad instanceof UnmatchedArgumentException unmatched) {
            return "no such option, see --help: " + unmatched.getUnmatched().get(0);
        }
        if (bad instanceof MissingParameterException missing
                && missing.getMissing().get(0) instanceof OptionSpec option) {
            return option.longestName() + " must be followed by a value, see --help";
        }
        if (bad.getCause() instanceof TypeConversionException rule && bad.getArgSpec() instanceof OptionSpec option) {
            return option.longestName() + " must be " + rule.getMessage() + ": " + bad.getValue();
        }
        return String.valueOf(bad.getMessage());
    }
}
