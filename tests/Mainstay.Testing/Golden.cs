using System.Runtime.CompilerServices;

namespace Mainstay.Testing;

/// <summary>Compares text with a file beside the test. MAINSTAY_ACCEPT=1 rewrites the file; review the diff.</summary>
public static class Golden
{
    public static void Match(string actual, string name, [CallerFilePath] string caller = "") =>
        MatchFile(actual, Path.Combine(Path.GetDirectoryName(caller)!, "Golden", name));

    /// <summary>For a file that has a place of its own in the repository, such as a page of the reference.</summary>
    public static void MatchFile(string actual, string path)
    {
        if (Environment.GetEnvironmentVariable("MAINSTAY_ACCEPT") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            throw new GoldenMismatchException($"{path} does not match (MAINSTAY_ACCEPT=1 rewrites it).\n{FirstDifference(expected, actual)}");
        }
    }

    private static string FirstDifference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < Math.Max(left.Length, right.Length); i++)
        {
            var (was, now) = (i < left.Length ? left[i] : "<end>", i < right.Length ? right[i] : "<end>");
            if (was != now)
            {
                return $"line {i + 1}\n  file: {was}\n  test: {now}";
            }
        }

        return "";
    }
}

public sealed class GoldenMismatchException(string message) : Exception(message);
