using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS3xxx: what the host lacks or holds. 300x programs and folders, 301x users and limits, 302x ports, 303x the edge's files, 304x disk.</summary>
public static class HostCodes
{
    public static ProblemCode ProgramMissing { get; } = new("MS3001", "The program of a service's command does not exist");

    public static ProblemCode ProgramNotExecutable { get; } = new("MS3002", "The program of a service's command cannot be executed by the service's user");

    public static ProblemCode ScriptMissing { get; } = new("MS3003", "The script that a service's command names does not exist");

    public static ProblemCode DirectoryMissing { get; } = new("MS3004", "The directory of a service does not exist");

    public static ProblemCode DirectoryNotAccessible { get; } = new("MS3005", "The directory of a service cannot be entered by the service's user");

    public static ProblemCode UserMissing { get; } = new("MS3010", "The user of a service does not exist");

    public static ProblemCode UserNeedsRoot { get; } = new("MS3011", "Only root can run a service as another user");

    public static ProblemCode OpenFilesTooMany { get; } = new("MS3012", "A service asks for more open files than this host grants");

    public static ProblemCode PortHeld { get; } = new("MS3020", "A port is held by another process");

    public static ProblemCode PortHeldElsewhere { get; } = new("MS3021", "A port is in use on this host, though perhaps not where the service will listen");

    public static ProblemCode PortNotPermitted { get; } = new("MS3022", "A port below 1024 may not be listened on");

    public static ProblemCode AddressNotHere { get; } = new("MS3023", "The edge cannot listen on an address that this host does not have");

    public static ProblemCode CertificateUnreadable { get; } = new("MS3030", "A certificate or its key cannot be read");

    public static ProblemCode CertificateKeyMismatch { get; } = new("MS3031", "A certificate and its key do not belong together");

    public static ProblemCode CertificateNotValid { get; } = new("MS3032", "A certificate has expired or is not valid yet");

    public static ProblemCode CertificateExpiresSoon { get; } = new("MS3033", "A certificate expires soon");

    public static ProblemCode CertificateForOtherHost { get; } = new("MS3034", "A certificate is not for the host that it is declared for");

    public static ProblemCode KeyOpenToOthers { get; } = new("MS3035", "A certificate's key can be read by other users");

    public static ProblemCode ErrorPagesMissing { get; } = new("MS3036", "The folder of the error pages does not exist");

    public static ProblemCode DiskFull { get; } = new("MS3040", "The disk of Mainstay's home is full");

    public static ProblemCode DiskLow { get; } = new("MS3041", "The disk of Mainstay's home is almost full");

    public static ProblemCode HomeNotWritable { get; } = new("MS3042", "Mainstay's home cannot be written");

    public static ImmutableArray<ProblemCode> All { get; } =
    [
        ProgramMissing, ProgramNotExecutable, ScriptMissing, DirectoryMissing, DirectoryNotAccessible,
        UserMissing, UserNeedsRoot, OpenFilesTooMany,
        PortHeld, PortHeldElsewhere, PortNotPermitted, AddressNotHere,
        CertificateUnreadable, CertificateKeyMismatch, CertificateNotValid, CertificateExpiresSoon, CertificateForOtherHost, KeyOpenToOthers, ErrorPagesMissing,
        DiskFull, DiskLow, HomeNotWritable,
    ];
}
