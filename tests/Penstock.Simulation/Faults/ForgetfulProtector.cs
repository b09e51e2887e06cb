using Penstock.Engine.Protection;

namespace Penstock.Simulation.Faults;

/// <summary>Encryption with a bug.</summary>
internal sealed class ForgetfulProtector(IPayloadProtector inner, Forgetfulness forgets) : IPayloadProtector
{
    public string Seal(string json, Guid jobId)
    {
        bool isResult = json.StartsWith("{\"attempt\"", StringComparison.Ordinal);
        return forgets switch
        {
            Forgetfulness.Payloads when !isResult => json,
            Forgetfulness.Results when isResult => json,
            Forgetfulness.Owners => inner.Seal(json, Guid.Empty),
            _ => inner.Seal(json, jobId),
        };
    }

    public string Open(string json, Guid jobId) => inner.Open(json, jobId);
}

/// <summary>What a mutant forgets when it seals.</summary>
internal enum Forgetfulness
{
    Payloads,
    Results,

    /// <summary>Whose the text is.</summary>
    Owners,
}
