localrules:
    summarise_experiment,


rule summarise_experiment:
    input:
        plan="results/{experiment}/plan.json",
        networks=network_batches,
        mean_fields=meanfield_batches,
    output:
        summary="results/{experiment}/summary.nc",
        table="results/{experiment}/summary.csv",
    log:
        "results/{experiment}/logs/summary.log",
    benchmark:
        "results/{experiment}/benchmarks/summary.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        code=CODE["summarise"],
    shell:
        "python -m ikmeanfield summarise {input.plan} 2> {log}"
