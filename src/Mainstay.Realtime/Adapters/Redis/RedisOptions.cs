using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Mainstay.Realtime.Adapters.Redis;

/// <summary>Where a Redis is and how it is spoken to. Its text form has no user and no password.</summary>
/// <param name="User">An ACL user; null for the default one.</param>
/// <param name="Password">Null when there is nothing to log in with.</param>
/// <param name="Database">Its number.</param>
/// <param name="Tls">Whether the connection is encrypted and the server's certificate verified.</param>
public sealed record RedisOptions(string Host, int Port = RedisOptions.DefaultPort, string? User = null, string? Password = null, int Database = 0, bool Tls = false)
{
    public const int DefaultPort = 6379;

    private const string Form = "the form is redis://[user[:password]@]host[:port][/database], or rediss:// for TLS; special characters in a password are percent-encoded";

    /// <summary>How long a record stays in its stream at least.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Names, values and body of one record, in bytes: a larger one is refused. Far above any frame of audio, far below what holds up all the others.</summary>
    public int MaxRecordBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Trusted in place of the system's authorities; empty for those.</summary>
    public ImmutableArray<X509Certificate2> Authorities { get; init; } = [];

    /// <summary>Reads <c>redis://</c> and <c>rediss://</c>. Nothing of the URL is repeated in the problem: any part of a mistyped one may be the password.</summary>
    /// <param name="problem">One sentence; empty when there is none.</param>
    public static bool TryParse(string url, [NotNullWhen(true)] out RedisOptions? options, out string problem)
    {
        options = null;
        problem = Uri.TryCreate(url, UriKind.Absolute, out var uri) ? Read(uri, out options) : $"the URL of redis cannot be read: {Form}";
        return options is not null;
    }

    /// <summary>Host and port, as log lines name it.</summary>
    public string Endpoint => (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host) + ":" + Port.ToString(CultureInfo.InvariantCulture);

    public override string ToString() => $"{(Tls ? "rediss" : "redis")}://{Endpoint}/{Database}";

    private static string Read(Uri uri, out RedisOptions? options)
    {
        options = null;
        if (uri.Scheme is not ("redis" or "rediss"))
        {
            return $"the URL of redis has another scheme than redis or rediss: {Form}";
        }

        if (uri.DnsSafeHost.Length == 0)
        {
            return $"the URL of redis has no host: {Form}";
        }

        if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return $"the URL of redis has something behind a ? or #, which means nothing here: {Form}";
        }

        var database = 0;
        var path = uri.AbsolutePath.TrimStart('/');
        if (path.Length > 0 && !int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database))
        {
            return $"the URL of redis names a database that is no number: {Form}";
        }

        if (uri.Port == 0)
        {
            return $"the URL of redis has port 0, where nothing can listen: {Form}";
        }

        var (user, password) = Credentials(uri.UserInfo);
        options = new(uri.DnsSafeHost, uri.Port < 0 ? DefaultPort : uri.Port, user, password, database, uri.Scheme == "rediss");
        return "";
    }

    private static (string? User, string? Password) Credentials(string info)
    {
        if (info.Length == 0)
        {
            return (null, null);
        }

        var parts = info.Split(':', 2);
        var user = Uri.UnescapeDataString(parts[0]);
        var password = parts.Length == 2 ? Uri.UnescapeDataString(parts[1]) : "";

        // A user alone logs in with an empty password, which is what an ACL user with "nopass" takes.
        return user.Length > 0 ? (user, password) : (null, password.Length > 0 ? password : null);
    }
}
