namespace Mainstay.Realtime.Auth;

/// <summary>Holds what a connection starts against what it was admitted for.</summary>
public static class StartBinding
{
    /// <summary>Refuses a tenant or an interaction that the identity is not for. Names are compared byte by byte; a name that is missing in the start message is a foreign one.</summary>
    public static AuthOutcome MayStart(Identity identity, string? tenant, string? interaction)
    {
        if (identity.Tenant is not null && !string.Equals(identity.Tenant, tenant, StringComparison.Ordinal))
        {
            return new AuthOutcome.Refused(Refusal.ForeignTenant);
        }

        return identity.Interaction is not null && !string.Equals(identity.Interaction, interaction, StringComparison.Ordinal)
            ? new AuthOutcome.Refused(Refusal.ForeignInteraction)
            : new AuthOutcome.Admitted(identity);
    }
}
