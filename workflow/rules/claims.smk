# One job judges all claims that the same experiments decide: starting it takes longer than judging.
rule judge_claims:
    input:
        plans=claim_plans,
        stored=evidence,
    output:
        findings=report(
            directory("results/claims/{group}"),
            patterns=["{claim}.csv"],
            caption="../report/claim.rst",
            category="Claims",
            labels=claim_labels,
        ),
    log:
        "results/claims/logs/{group}.log",
    benchmark:
        "results/claims/benchmarks/{group}.jsonl"
    localrule: RUNS <= cost.LIGHT_RUNS
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(claim_cost),
        runtime=minutes(claim_cost),
    params:
        claims=claim_arguments,
        code=claim_code,
    shell:
        "python -m ikmeanfield judge-all {params.claims} --output {output.findings} 2> {log}"


rule collect_claims:
    input:
        findings=collect("results/claims/{group}", group=GROUPS),
    output:
        table=report(
            "results/claims.csv",
            caption="../report/claims.rst",
            category="Claims",
            labels={"claim": "all: the verdicts on all claims in one table"},
        ),
        page="results/claims.md",
    log:
        "results/logs/claims.log",
    localrule: True
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=cost.requested_mib(cost.Cost(kept=cost.START_MIB), RUNS),
        runtime=cost.requested_minutes(cost.Cost(seconds=cost.START_SECONDS), RUNS),
    params:
        findings=[f"results/claims/{place}.csv" for place in CLAIM_PLACES],
    shell:
        "python -m ikmeanfield claims {params.findings} --output {output.table} 2> {log}"
