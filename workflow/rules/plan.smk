# The plan of an experiment, which summaries are checked against and manual commands start from.
localrules:
    write_plan,


rule write_plan:
    output:
        plan="results/{experiment}/plan.json",
    log:
        "results/{experiment}/logs/plan.log",
    benchmark:
        "results/{experiment}/benchmarks/plan.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=100,
        runtime=1,
    params:
        digest=plan_digest,
    shell:
        "cp $IKMEANFIELD_PLANS/{wildcards.experiment}.json {output.plan} 2> {log}"
