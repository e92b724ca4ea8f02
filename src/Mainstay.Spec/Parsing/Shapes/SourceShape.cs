using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Mainstay.Spec.Model;
using Mainstay.Spec.Parsing.Kinds;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.Parsing.Shapes;

/// <summary>Null when it does not say one usable source, which was reported.</summary>
internal sealed partial class SourceShape() : Shape<SourceSpec?>("source")
{
    private static readonly Key<string> s_git = new(
        "git",
        new ParsedKind<string>(
            ManifestCodes.BadRepository, "a git URL (https, http, ssh, git, file, or user@host:path), or the path of a repository", "../shop", Repository,
            text => text.StartsWith('~') ? $"write \"${{HOME}}{Quoted.Bare(text[1..])}\"; \"~\" is not expanded" : null),
        "",
        "A git repository: a URL, or a path relative to the manifest. A release is a clean checkout; what is not committed is not in it.",
        "none")
    {
        AlsoKnownAs = ["repo", "repository", "url", "remote"],
    };

    private static readonly Key<string> s_ref = new(
        "ref", new TextKind("a branch, a tag or a commit", "main", ManifestCodes.BadRepository, RefPattern()), "main", "The branch, tag or commit of the repository.")
    {
        AlsoKnownAs = ["branch", "tag", "commit", "revision"],
    };

    private static readonly Key<string> s_directory = new(
        "directory", CommonKinds.FilePath("."), "", "A directory that is copied as it is; relative to the manifest.", "none")
    {
        AlsoKnownAs = ["dir", "path", "folder"],
    };

    private static readonly Key<string> s_archive = new(
        "archive",
        new TextKind("the path of a .tar, .tar.gz, .tgz or .zip", "shop.tar.gz", ManifestCodes.BadFilePath, ArchivePattern()),
        "",
        "An archive that is unpacked; relative to the manifest.",
        "none")
    {
        AlsoKnownAs = ["tar", "tarball", "zip", "file"],
    };

    private static readonly Key<string> s_sha256 = new(
        "sha256",
        new ParsedKind<string>(
            ManifestCodes.BadDigest,
            "64 hexadecimal digits",
            new string('0', 64),
            text => DigestPattern().IsMatch(text) ? text.ToLowerInvariant() : null,
            _ => "write the first word that \"sha256sum\" prints for the archive"),
        "",
        "The SHA-256 of the archive; another file of the same name is refused.",
        "required with archive")
    {
        AlsoKnownAs = ["checksum", "hash", "digest", "sum"],
    };

    private static readonly Key[] s_kinds = [s_git, s_directory, s_archive];

    public override ImmutableArray<Key> Keys { get; } = [s_git, s_ref, s_directory, s_archive, s_sha256];

    /// <summary>Whether it is a URL, also in the short form of ssh; anything else is a path.</summary>
    public static bool IsUrl(string repository) => repository.Contains("://", StringComparison.Ordinal) || ScpPattern().IsMatch(repository);

    protected override SourceSpec? Build(Fields fields)
    {
        var (reference, digest) = (fields.Read(s_ref), fields.TryRead(s_sha256, out var sha256) ? sha256 : null);
        Key[] kinds = [.. fields.Map.Entries.Select(entry => s_kinds.FirstOrDefault(kind => kind.Name == entry.Key)).OfType<Key>()];
        OnlyFor(fields, s_ref, s_git, kinds);
        OnlyFor(fields, s_sha256, s_archive, kinds);
        switch (kinds)
        {
            case []:
                fields.Context.Report(
                    ManifestCodes.SourceNotOne, fields.Span, $"{fields.Span.Path} does not say where releases come from", "add one of git, directory and archive, for example \"git: ../shop\"");
                return null;

            case [_, var second, ..]:
                fields.Report(
                    ManifestCodes.SourceNotOne, second, $"it says {string.Join(" and ", kinds.Select(k => $"\"{k.Name}\""))}, but a release comes from one place", "keep one of them");
                return null;
        }

        if (kinds[0] == s_git)
        {
            return fields.TryRead(s_git, out var git) && HasNoPassword(fields, git)
                ? new GitSourceSpec(IsUrl(git) ? git : fields.Context.Absolute(git), reference, fields.Span)
                : null;
        }

        if (kinds[0] == s_directory)
        {
            return fields.TryRead(s_directory, out var directory) ? new DirectorySourceSpec(fields.Context.Absolute(directory), fields.Span) : null;
        }

        return fields.TryRead(s_archive, out var archive) && HasDigest(fields) && digest is not null
            ? new ArchiveSourceSpec(fields.Context.Absolute(archive), digest, fields.Span)
            : null;
    }

    private static bool HasDigest(Fields fields)
    {
        if (!fields.Has(s_sha256))
        {
            fields.Context.Report(
                ManifestCodes.MissingKey,
                fields.Span,
                $"{fields.Span.Path} has an archive, but no \"sha256\" to know it by",
                "add \"sha256:\" and the first word that \"sha256sum\" prints for the archive",
                $"{fields.Span.Path}.{s_sha256.Name}");
        }

        return fields.Has(s_sha256);
    }

    /// <summary>A URL stands in plans, reports and messages, so nothing secret may be in it. A long user name of http is a token.</summary>
    private static bool HasNoPassword(Fields fields, string repository)
    {
        var user = UserPattern().Match(repository);
        if (!user.Success || (!user.Value.Contains(':', StringComparison.Ordinal) && (user.Value.Length < 20 || !repository.StartsWith("http", StringComparison.OrdinalIgnoreCase))))
        {
            return true;
        }

        fields.Report(
            ManifestCodes.BadRepository,
            s_git,
            "\"git\" has a password or a token in its URL, which plans and reports would show",
            "use ssh with a deploy key, or git's credential.helper of the user who runs the daemon, and write the URL without it");
        return false;
    }

    private static void OnlyFor(Fields fields, Key key, Key kind, Key[] chosen)
    {
        if (fields.Has(key) && chosen.Length > 0 && !chosen.Contains(kind))
        {
            fields.Report(ManifestCodes.ValuesDisagree, key, $"\"{key.Name}\" is only for a source by \"{kind.Name}\"", $"remove \"{key.Name}\"");
        }
    }

    /// <summary>Only what git itself fetches: "ext::" and other transports run commands, and a leading dash would be an option.</summary>
    private static string? Repository(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        return text.Length == 0 || text[0] is '-' or '~' || text.Contains("::", StringComparison.Ordinal) || text.Any(char.IsControl)
            || (scheme >= 0 && text[..scheme] is not ("https" or "http" or "ssh" or "git" or "file"))
            ? null
            : text;
    }

    // Of what git itself refuses in names, only what could mean something else on its command line.
    [GeneratedRegex(@"^(?!-)(?!.*\.\.)[^\s~^:?*\[\\\x00-\x1f\x7f]+$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex RefPattern();

    [GeneratedRegex(@"^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:(?!/)", RegexOptions.CultureInvariant)]
    private static partial Regex ScpPattern();

    [GeneratedRegex(@"(?<=^[a-z]+://)[^/@]*(?=@)", RegexOptions.CultureInvariant)]
    private static partial Regex UserPattern();

    [GeneratedRegex(@"^(?!~).+\.(tar|tar\.gz|tgz|zip)$(?!\n)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ArchivePattern();

    [GeneratedRegex(@"^[0-9a-fA-F]{64}$(?!\n)", RegexOptions.CultureInvariant)]
    private static partial Regex DigestPattern();
}
