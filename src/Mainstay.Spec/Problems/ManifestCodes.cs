using System.Collections.Immutable;

namespace Mainstay.Spec.Problems;

/// <summary>MS1xxx: what can be seen by reading the manifest alone. 10xx form, 101x-102x single values, 103x expansion, 104x-106x how things fit together, 107x single values of rollouts.</summary>
public static class ManifestCodes
{
    public static ProblemCode NotYaml { get; } = new("MS1001", "The manifest is not valid YAML");

    public static ProblemCode TooLarge { get; } = new("MS1002", "The manifest is larger or deeper than Mainstay reads");

    public static ProblemCode YamlFeatureRefused { get; } = new("MS1003", "The manifest uses a YAML feature that Mainstay refuses");

    public static ProblemCode DuplicateKey { get; } = new("MS1004", "The same key stands twice in one map");

    public static ProblemCode UnknownKey { get; } = new("MS1005", "A key is not known here");

    public static ProblemCode WrongType { get; } = new("MS1006", "A value is of the wrong type");

    public static ProblemCode MissingKey { get; } = new("MS1007", "A required key is missing");

    public static ProblemCode NotAvailable { get; } = new("MS1008", "The manifest asks for something that this version does not do");

    public static ProblemCode TooManyProblems { get; } = new("MS1009", "There are more problems than are shown");

    public static ProblemCode BadName { get; } = new("MS1010", "A name has characters or a length that names cannot have");

    public static ProblemCode BadDuration { get; } = new("MS1011", "A duration cannot be read or is out of range");

    public static ProblemCode BadSize { get; } = new("MS1012", "A size cannot be read or is out of range");

    public static ProblemCode BadNumber { get; } = new("MS1013", "A number cannot be read or is out of range");

    public static ProblemCode BadChoice { get; } = new("MS1014", "A value is none of the words that are possible here");

    public static ProblemCode BadSignal { get; } = new("MS1015", "A signal's name is not known");

    public static ProblemCode BadPort { get; } = new("MS1016", "A port is neither a port number nor a word that is possible here");

    public static ProblemCode BadListenAddress { get; } = new("MS1017", "An address of the edge cannot be listened on");

    public static ProblemCode BadHost { get; } = new("MS1018", "A host name cannot be read");

    public static ProblemCode BadUrlPath { get; } = new("MS1019", "A URL path cannot be used here");

    public static ProblemCode BadCommand { get; } = new("MS1020", "A command cannot be read");

    public static ProblemCode BadExternalAddress { get; } = new("MS1021", "The address of an external cannot be read");

    public static ProblemCode BadNetwork { get; } = new("MS1022", "A network is not written as an address and a prefix length");

    public static ProblemCode BadStatus { get; } = new("MS1023", "An HTTP status or a range of them cannot be read");

    public static ProblemCode BadVariableName { get; } = new("MS1024", "An environment variable's name cannot be used");

    public static ProblemCode BadPattern { get; } = new("MS1025", "A regular expression cannot be read");

    public static ProblemCode BadHeader { get; } = new("MS1026", "An HTTP header cannot be sent as written");

    public static ProblemCode BadFilePath { get; } = new("MS1027", "A file path cannot be used");

    public static ProblemCode BadCondition { get; } = new("MS1028", "A condition of the env_schema is not of the form NAME or NAME=value");

    public static ProblemCode BadUser { get; } = new("MS1029", "A user is neither a user name nor a user id");

    public static ProblemCode VariableNotSet { get; } = new("MS1030", "The manifest names a variable that is not set");

    public static ProblemCode BadExpansion { get; } = new("MS1031", "An expansion is neither ${NAME} nor ${NAME:?message}");

    public static ProblemCode NoServices { get; } = new("MS1040", "The manifest declares no service");

    public static ProblemCode NameTakenTwice { get; } = new("MS1041", "A service and an external have the same name");

    public static ProblemCode UnknownDependency { get; } = new("MS1042", "A service waits for something that is not declared");

    public static ProblemCode DependencyCycle { get; } = new("MS1043", "Services wait for each other in a circle, so that none of them could ever start");

    public static ProblemCode DependsOnItself { get; } = new("MS1044", "A service waits for itself");

    public static ProblemCode ConditionNeverMet { get; } = new("MS1045", "A service waits for something that cannot happen");

    public static ProblemCode PortClaimedTwice { get; } = new("MS1046", "The same port is claimed twice");

    public static ProblemCode FixedPortManyInstances { get; } = new("MS1047", "Several instances of a service claim one fixed port");

    public static ProblemCode NoProbe { get; } = new("MS1048", "A healthcheck does not say what to check");

    public static ProblemCode SeveralProbes { get; } = new("MS1049", "A healthcheck says several things to check");

    public static ProblemCode RouteToUnknownService { get; } = new("MS1050", "A route leads to a service that is not declared");

    public static ProblemCode DuplicateRoute { get; } = new("MS1051", "Two routes have the same host and path");

    public static ProblemCode RoutesWithoutEdge { get; } = new("MS1052", "There are routes, but the edge listens nowhere");

    public static ProblemCode HttpsWithoutCertificate { get; } = new("MS1053", "The edge listens on https without a certificate");

    public static ProblemCode DuplicateCertificate { get; } = new("MS1054", "Two certificates are for the same host");

    public static ProblemCode ValuesDisagree { get; } = new("MS1055", "Two values contradict each other");

    public static ProblemCode VariableIsOurs { get; } = new("MS1056", "The environment sets a variable that Mainstay sets");

    public static ProblemCode SchemaUnreadable { get; } = new("MS1057", "An env_schema file cannot be read");

    public static ProblemCode ProbeProvesNothing { get; } = new("MS1058", "A healthcheck would pass whatever the service does");

    public static ProblemCode NeedsSource { get; } = new("MS1059", "A service says how releases are made, but not where they come from");

    public static ProblemCode SourceNotOne { get; } = new("MS1060", "A source does not name exactly one of git, directory and archive");

    public static ProblemCode StrategyImpossible { get; } = new("MS1061", "A service cannot be rolled out in the way that it asks for");

    public static ProblemCode VerifyImpossible { get; } = new("MS1062", "A check of a new release could never pass");

    public static ProblemCode BadPercent { get; } = new("MS1070", "A percentage cannot be read or is out of range");

    public static ProblemCode BadFactor { get; } = new("MS1071", "A factor cannot be read or is out of range");

    public static ProblemCode BadDigest { get; } = new("MS1072", "A digest cannot be read");

    public static ProblemCode BadReleasePath { get; } = new("MS1073", "A path leads out of the release");

    public static ProblemCode BadRepository { get; } = new("MS1074", "A git repository or a ref of it cannot be used as written");

    public static ProblemCode NotForShipped { get; } = new("MS1075", "A service that ships with Mainstay is told something that only a program of the user's can be told");

    public static ProblemCode BadLimit { get; } = new("MS1076", "A rate limit, or what it counts by, cannot be read");

    public static ProblemCode LimitWithoutFallback { get; } = new("MS1077", "A rate limit can be avoided by leaving a header out");

    public static ProblemCode UnknownSwitch { get; } = new("MS1078", "A route obeys a switch that there is not");

    public static ProblemCode UnknownGuards { get; } = new("MS1079", "A route uses guards that there are not");

    public static ImmutableArray<ProblemCode> All { get; } =
    [
        NotYaml, TooLarge, YamlFeatureRefused, DuplicateKey, UnknownKey, WrongType, MissingKey, NotAvailable, TooManyProblems,
        BadName, BadDuration, BadSize, BadNumber, BadChoice, BadSignal, BadPort, BadListenAddress, BadHost, BadUrlPath,
        BadCommand, BadExternalAddress, BadNetwork, BadStatus, BadVariableName, BadPattern, BadHeader, BadFilePath, BadCondition, BadUser,
        VariableNotSet, BadExpansion,
        NoServices, NameTakenTwice, UnknownDependency, DependencyCycle, DependsOnItself, ConditionNeverMet, PortClaimedTwice, FixedPortManyInstances,
        NoProbe, SeveralProbes, RouteToUnknownService, DuplicateRoute, RoutesWithoutEdge, HttpsWithoutCertificate, DuplicateCertificate,
        ValuesDisagree, VariableIsOurs, SchemaUnreadable, ProbeProvesNothing,
        NeedsSource, SourceNotOne, StrategyImpossible, VerifyImpossible,
        BadPercent, BadFactor, BadDigest, BadReleasePath, BadRepository, NotForShipped,
        BadLimit, LimitWithoutFallback, UnknownSwitch, UnknownGuards,
    ];
}
