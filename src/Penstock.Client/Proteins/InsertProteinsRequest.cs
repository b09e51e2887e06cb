namespace Penstock.Client.Proteins;

/// <summary>Proteins to load: from UniProt by a query, or from a FASTA file.</summary>
/// <param name="SearchCriteria">A UniProt query such as <c>organism_id:9606 AND reviewed:true</c>; or give <paramref name="FastaUrl"/>.</param>
/// <param name="FastaUrl">http(s) URL, <c>artifact:NAME</c> or a path on the server; gzip is recognised.</param>
public sealed record InsertProteinsRequest(
    string? SearchCriteria = null, string? FastaUrl = null, int PageSize = 500, int? TotalLimit = null, bool IncludeIsoforms = true,
    bool Compressed = false);
