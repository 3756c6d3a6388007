/** Version of Spark whose layout is written. Newer ones read it, and so do older ones but for the stages that they lack. */
export const SPARK_VERSION = '4.0.1'
