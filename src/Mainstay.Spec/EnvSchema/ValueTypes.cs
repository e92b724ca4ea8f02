using Mainstay.Spec.Model;
using Mainstay.Spec.Problems;

namespace Mainstay.Spec.EnvSchema;

/// <summary>Whether a value is of its type. One line per type; what min and max mean for it stands in <see cref="ValueLimits"/>.</summary>
internal static class ValueTypes
{
    private static readonly HashSet<string> Booleans = new(StringComparer.OrdinalIgnoreCase) { "true", "false", "1", "0", "yes", "no", "on", "off" };

    public static ValueFault? FaultOf(EnvRuleSpec rule, string value, EnvSchemaContext where) => rule.Type switch
    {
        EnvType.String => null,
        EnvType.Int => Unless(Measures.Integer(value) is not null, value, "is not a whole number", "write digits only, without blanks or separators" + ValueLimits.RangeWords(rule)),
        EnvType.Float => Unless(Measures.Number(value) is not null, value, "is not a number", "write a number such as 0.5" + ValueLimits.RangeWords(rule)),
        EnvType.Bool => Unless(Booleans.Contains(value), value, "is neither true nor false", "write true or false"),
        EnvType.Duration => Unless(Measures.Duration(value) is not null, value, "is not a duration with a unit", "write a number and a unit such as 500ms, 30s or 1h30m" + ValueLimits.RangeWords(rule)),
        EnvType.Bytes => Unless(Measures.Size(value) is not null, value, "is not a size", "write bytes, or a number and a unit such as 64KB or 1GiB" + ValueLimits.RangeWords(rule)),
        EnvType.Port => Unless(PortNumber.Parse(value) is not null, value, "is not a port", "write a number from 1 to 65535"),
        EnvType.Url => Url(rule, value),
        EnvType.Enum => null,
        EnvType.Pem => Pem(rule, value),
        EnvType.File => File(value, where),
        EnvType.Secret => null,
    };

    private static ValueFault? Unless(bool good, string value, string what, string fix) =>
        good ? null : ValueFault.Type(what + ValueShape.Hint(value), fix);

    private static ValueFault? Url(EnvRuleSpec rule, string value)
    {
        var wanted = rule.Schemes.IsDefaultOrEmpty ? "a URL such as https://host:port/path" : $"a URL that begins with {UrlShape.Schemes(rule.Schemes)}";
        return UrlShape.Parse(value) switch
        {
            (null, var fault) => ValueFault.Type(fault + ValueShape.Hint(value), $"write {wanted}"),
            ({ } url, _) when !rule.Schemes.IsDefaultOrEmpty && !rule.Schemes.Contains(url.Scheme, StringComparer.OrdinalIgnoreCase) =>
                new(EnvironmentCodes.WrongScheme, "has a scheme that is not permitted here", $"write {wanted}"),
            _ => null,
        };
    }

    private static ValueFault? Pem(EnvRuleSpec rule, string value) => PemBlock.Parse(value) switch
    {
        (null, var fault) => new(EnvironmentCodes.BadPem, $"is {fault}", @"give the whole block with its BEGIN and END lines; on one line, write \n for each line end"),
        ({ IsPrivateKey: true }, _) when rule.Name.Contains("PUBLIC", StringComparison.OrdinalIgnoreCase) =>
            new(EnvironmentCodes.BadPem, "holds a private key, though its name says public", "give the public key; whoever got this environment has the private one"),
        _ => null,
    };

    private static ValueFault? File(string value, EnvSchemaContext where) => where.LookAt(PathOf(value, where)).State switch
    {
        EnvFileState.Readable => null,
        EnvFileState.Missing => new(EnvironmentCodes.FileNotThere, "names a file that does not exist" + ValueShape.Hint(value), "create the file, or correct the path; a relative path begins in the service's directory"),
        EnvFileState.Folder => new(EnvironmentCodes.FileNotThere, "names a folder, where a file is needed", "name the file itself"),
        EnvFileState.NotReadable => new(EnvironmentCodes.FileNotThere, "names a file that the service's user may not read", "let that user read it (chown or chmod), or run the service as another user"),
    };

    /// <summary>Absolute, but relative to the release's root where no release is chosen yet.</summary>
    public static string PathOf(string value, EnvSchemaContext where) =>
        value.Contains('\0', StringComparison.Ordinal) ? where.Directory
            : Path.IsPathRooted(where.Directory) ? Path.GetFullPath(value, where.Directory)
            : Path.Combine(where.Directory, value);
}
