namespace Mainstay.Harness.Processes;

/// <summary>What a finished command answered.</summary>
public sealed record CommandResult(string Command, int ExitCode, string Out, string Err, TimeSpan Took)
{
    /// <summary>Everything that the user saw.</summary>
    public string Screen => Out + Err;

    /// <summary>Fails, showing the screen, unless the command exited with this code.</summary>
    public CommandResult MustExit(int code) => ExitCode == code
        ? this
        : throw new HarnessException($"`{Command}` exited with {ExitCode} instead of {code} after {Took.TotalSeconds:0.0} s.\n--- out\n{Out}\n--- err\n{Err}");

    public CommandResult MustShow(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (!Screen.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                throw new HarnessException($"`{Command}` does not say \"{word}\".\n--- out\n{Out}\n--- err\n{Err}");
            }
        }

        return this;
    }

    public CommandResult MustNotShow(string word) => Screen.Contains(word, StringComparison.OrdinalIgnoreCase)
        ? throw new HarnessException($"`{Command}` says \"{word}\", which it must not.\n--- out\n{Out}\n--- err\n{Err}")
        : this;
}

/// <summary>The world is not as the test or benchmark needs it; the message holds the evidence.</summary>
public sealed class HarnessException(string message, Exception? inner = null) : Exception(message, inner);
