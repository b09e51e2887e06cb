using System.Text.Json;

namespace Penstock.Client.Security;

/// <summary>One change someone made.</summary>
/// <param name="Kind"><c>noun.verb</c>, such as <c>job.delete</c> or <c>security.login_failed</c>.</param>
/// <param name="Actor">A user, <c>token:NAME</c>, <c>workspace</c>, or <c>system</c>.</param>
/// <param name="Subject">What was changed: an id or a name.</param>
public sealed record AuditView(long Id, DateTimeOffset At, string Kind, string Actor, string? Subject, JsonElement Fields);
