rule judge_claim:
    input:
        plans=claim_plans,
        stored=evidence,
    output:
        findings=report(
            "results/claims/{claim}.csv",
            caption="../report/claim.rst",
            category="Claims",
            labels=claim_labels,
        ),
    log:
        "results/claims/logs/{claim}.log",
    benchmark:
        "results/claims/benchmarks/{claim}.jsonl"
    localrule: RUNS <= cost.LIGHT_RUNS
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(claim_cost),
        runtime=minutes(claim_cost),
    params:
        claim=claim_arguments,
        folder=subpath(output.findings, parent=True),
        code=claim_code,
    shell:
        "python -m ikmeanfield judge {params.claim} "
        "--output {params.folder} --name {wildcards.claim} 2> {log}"


rule collect_claims:
    input:
        findings=collect("results/claims/{claim}.csv", claim=SETTINGS.claims),
    output:
        table=report(
            "results/claims.csv",
            caption="../report/claims.rst",
            category="Claims",
            labels={"claim": "all: the verdicts on all claims in one table"},
        ),
        page="results/claims.md",
    log:
        "results/claims/logs/all.log",
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=cost.requested_mib(cost.Cost(kept=cost.START_MIB), RUNS),
        runtime=cost.requested_minutes(cost.Cost(seconds=cost.START_SECONDS), RUNS),
    shell:
        "python -m ikmeanfield claims {input.findings} --output {output.table} 2> {log}"
